// fuzz_replay, fuzz_NAME_replay [--trace] FILE-OR-FOLDER...: runs stored inputs of the fuzzer once, without a fuzzer.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "target.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& place)
{
    if (!fs::is_directory(place)) {
        return {place};
    }
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(place)) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

bool replay(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad()) {
        (void)std::fprintf(stderr, "%s cannot be read\n", file.c_str());
        return false;
    }
    // Said before it runs: a breach ends the program.
    (void)std::fprintf(stderr, "%s, %zu bytes\n", file.filename().c_str(), bytes.size());
    return LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) == 0;
}

} // namespace

int main(int count, char** arguments)
{
    std::size_t done = 0;
    for (int i = 1; i < count; ++i) {
        if (std::strcmp(arguments[i], "--trace") == 0) {
            show_trace();
            continue;
        }
        for (const fs::path& file : files_in(arguments[i])) {
            if (!replay(file)) {
                return 1;
            }
            ++done;
        }
    }
    if (done == 0) {
        (void)std::fprintf(stderr, "usage: %s [--trace] FILE-OR-FOLDER...\n", arguments[0]);
        return 2;
    }
    (void)std::printf("%zu inputs, no breach\n", done);
    return 0;
}
