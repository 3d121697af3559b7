#include "linux/thread/text_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "linux/system/unique_fd.hpp"

namespace async_socket::linux_os {

bool read_file(const char* path, char* text, std::size_t size) noexcept
{
    const unique_fd file(::open(path, O_RDONLY | O_CLOEXEC));
    if (!file) {
        return false;
    }
    ssize_t length = 0;
    do {
        length = ::read(file.get(), text, size - 1);
    } while (length < 0 && errno == EINTR);
    text[length > 0 ? static_cast<std::size_t>(length) : 0] = '\0';
    return length > 0;
}

} // namespace async_socket::linux_os
