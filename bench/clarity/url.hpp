// "http://HOST[:PORT][/PATH]", as far as these programs need it; the same for all of them.
#pragma once

#include <cstddef>
#include <string>

struct url {
    explicit url(const std::string& text)
    {
        constexpr std::size_t scheme = sizeof "http://" - 1;
        const std::size_t slash = text.find('/', scheme);
        const std::string place = text.substr(scheme < text.size() ? scheme : text.size(), slash - scheme);
        const std::size_t colon = place.find(':');
        host = place.substr(0, colon);
        port = colon == std::string::npos ? "80" : place.substr(colon + 1);
        request = "GET " + (slash == std::string::npos ? "/" : text.substr(slash)) + " HTTP/1.0\r\nHost: " + place +
                  "\r\n\r\n";
    }

    std::string host;
    std::string port;
    std::string request;
};
