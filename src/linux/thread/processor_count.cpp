#include "linux/thread/processor_count.hpp"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "linux/thread/text_file.hpp"

namespace async_socket::linux_os {

namespace {

// More than any Linux can be built for.
constexpr std::size_t largest_mask = std::size_t{1} << 17;

int own_affinity(std::size_t size, void* mask) noexcept
{
    return sched_getaffinity(0, size, static_cast<cpu_set_t*>(mask));
}

// `quota` of each `period`, as a number of processors; 0 for what is no limit.
unsigned processors_of(long long quota, long long period) noexcept
{
    if (quota <= 0 || period <= 0) {
        return 0;
    }
    return static_cast<unsigned>(std::min<long long>((quota - 1) / period + 1, INT_MAX));
}

unsigned smaller_limit(unsigned one, unsigned other) noexcept
{
    return one == 0 || other == 0 ? std::max(one, other) : std::min(one, other);
}

// One group's own quota: in `folder`, which ends without a slash.
using quota_function = unsigned (*)(read_function read, const char* folder);

using path_text = char[PATH_MAX + 128];

// False if the two together are too long for a path.
bool join(path_text& path, const char* first, const char* second) noexcept
{
    const int length = std::snprintf(path, sizeof path, "%s%s", first, second);
    return length >= 0 && static_cast<std::size_t>(length) < sizeof path;
}

using number_text = char[64];

bool read_in(read_function read, const char* folder, const char* name, number_text& text) noexcept
{
    path_text path;
    return join(path, folder, name) && read(path, text, sizeof text);
}

long long number_in(read_function read, const char* folder, const char* name) noexcept
{
    number_text text;
    return read_in(read, folder, name, text) ? std::strtoll(text, nullptr, 10) : 0;
}

// -1 is no limit.
unsigned quota_of_version_1(read_function read, const char* folder) noexcept
{
    return processors_of(number_in(read, folder, "/cpu.cfs_quota_us"), number_in(read, folder, "/cpu.cfs_period_us"));
}

// "max 100000" is no limit.
unsigned quota_of_version_2(read_function read, const char* folder) noexcept
{
    number_text text;
    if (!read_in(read, folder, "/cpu.max", text)) {
        return 0;
    }
    char* period = nullptr;
    const long long quota = std::strtoll(text, &period, 10); // "max": 0
    return processors_of(quota, std::strtoll(period, nullptr, 10));
}

// Of the group and of all around it, up to the root. In a container the group's path may be one of the machine's,
// which is not to be seen there: then its root is the container's group.
unsigned smallest_quota(read_function read, quota_function quota_of, const char* root, const char* group) noexcept
{
    path_text folder;
    const std::size_t root_length = std::strlen(root);
    if (!join(folder, root, group)) {
        return 0;
    }
    unsigned smallest = 0;
    for (;;) {
        smallest = smaller_limit(smallest, quota_of(read, folder));
        char* const last_slash = std::strrchr(folder, '/');
        if (last_slash < folder + root_length) {
            return smallest;
        }
        *last_slash = '\0';
    }
}

// "cpu" among the names between two colons.
bool names_cpu(const char* names) noexcept
{
    while (*names != ':' && *names != '\0') {
        const std::size_t length = std::strcspn(names, ",:");
        if (length == 3 && std::memcmp(names, "cpu", 3) == 0) {
            return true;
        }
        names += length + (names[length] == ',' ? 1 : 0);
    }
    return false;
}

// A line of /proc/self/cgroup, zero-terminated: "0::/group" for version 2, "4:cpu,cpuacct:/group" for version 1.
unsigned quota_of_line(read_function read, const char* line) noexcept
{
    const char* const names = std::strchr(line, ':');
    const char* const group = names != nullptr ? std::strchr(names + 1, ':') : nullptr;
    if (group == nullptr) {
        return 0;
    }
    if (group == names + 1) {
        return smallest_quota(read, quota_of_version_2, "/sys/fs/cgroup", group + 1);
    }
    return names_cpu(names + 1) ? smallest_quota(read, quota_of_version_1, "/sys/fs/cgroup/cpu", group + 1) : 0;
}

} // namespace

unsigned processors_to_run_on(affinity_function get) noexcept
{
    for (std::size_t size = sizeof(cpu_set_t); size <= largest_mask; size *= 2) {
        auto* const mask = static_cast<cpu_set_t*>(std::calloc(1, size));
        if (mask == nullptr) {
            return 0;
        }
        const bool known = get(size, mask) >= 0;
        const bool is_too_small = !known && errno == EINVAL;
        const int count = known ? CPU_COUNT_S(size, mask) : 0;
        std::free(mask);
        if (!is_too_small) {
            return static_cast<unsigned>(count);
        }
    }
    return 0;
}

unsigned processors_of_quota(read_function read) noexcept
{
    char text[2 * PATH_MAX];
    if (!read("/proc/self/cgroup", text, sizeof text)) {
        return 0;
    }
    unsigned smallest = 0;
    for (char* line = text; *line != '\0';) {
        char* const end = line + std::strcspn(line, "\n");
        char* const next = *end == '\n' ? end + 1 : end;
        *end = '\0';
        smallest = smaller_limit(smallest, quota_of_line(read, line));
        line = next;
    }
    return smallest;
}

unsigned processor_count() noexcept
{
    return std::max(smaller_limit(processors_to_run_on(own_affinity), processors_of_quota(read_file)), 1U);
}

} // namespace async_socket::linux_os
