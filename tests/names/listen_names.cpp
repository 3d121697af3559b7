// listen_names NAME...: listens at each name, and says where, or why not.
#include <cstdint>
#include <cstdio>

#include "async_socket/async_socket.hpp"

int main(int count, char** names)
{
    as::engine engine;
    for (int i = 1; i < count; ++i) {
        const auto listening = as::run(as::listen(engine, names[i], "0"));
        std::printf("%s:", names[i]);
        if (!listening) {
            std::printf(" %s", listening.text());
        }
        for (std::uint32_t k = 0; const auto at = listening->local_address(k); ++k) {
            std::printf(" %s", at->text().c_str());
        }
        std::printf("\n");
    }
}
