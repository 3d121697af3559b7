#include "metrics.hpp"

#include <array>
#include <chrono>
#include <exception>
#include <string_view>

namespace async_relay {

namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds before_another_try{10};
constexpr int most_scrapers = 16;

void add(std::string& to, std::string_view name, std::string_view kind, std::string_view help)
{
    to.append("# HELP async_relay_").append(name).append(" ").append(help).append("\n");
    to.append("# TYPE async_relay_").append(name).append(" ").append(kind).append("\n");
}

void add_sample(std::string& to, std::string_view name, std::string_view labels, std::uint64_t value)
{
    to.append("async_relay_").append(name).append(labels).append(" ").append(std::to_string(value)).append("\n");
}

void add_one(std::string& to, std::string_view name, std::string_view kind, std::string_view help, std::uint64_t value)
{
    add(to, name, kind, help);
    add_sample(to, name, "", value);
}

std::string label(std::string_view name, std::string_view value)
{
    std::string text = "{" + std::string(name) + "=\"";
    for (const char each : value) {
        text += each == '"' || each == '\\' ? std::string{'\\', each} : each == '\n' ? "\\n" : std::string{each};
    }
    return text + "\"}";
}

std::string response(std::string_view status, std::string_view body)
{
    return "HTTP/1.1 " + std::string(status) +
           "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + std::string(body);
}

} // namespace

// So many wait for scrapers, each for one at a time; what comes beyond them waits in the system.
bool metrics::serve(as::listener& at)
{
    for (int i = 0; i < most_scrapers; ++i) {
        if (!servers_.spawn(serve_one_by_one(at))) {
            return false;
        }
    }
    return true;
}

as::task<> metrics::serve_one_by_one(as::listener& at)
{
    for (;;) {
        auto scraper = co_await at.accept();
        if (scraper) {
            (void)co_await answer(std::move(*scraper)); // whoever has got no answer asks again
        } else if (scraper == as::how::closed_here || scraper == as::how::cancelled) {
            co_return;
        } else {
            (void)co_await as::timer(engine_, as::within(before_another_try));
        }
    }
}

as::task<as::result> metrics::answer(as::stream scraper)
try {
    std::array<char, 8192> room;
    as::reader in(scraper, room);
    const as::text_read head = co_await in.until("\r\n\r\n", as::within(patience));
    if (!head) {
        co_return head.outcome();
    }
    const std::string_view line = (*head).substr(0, (*head).find("\r\n"));
    std::string answered;
    if (!line.starts_with("GET ")) {
        answered = response("405 Method Not Allowed", "GET only\n");
    } else if (line.starts_with("GET /metrics ") || line.starts_with("GET /metrics?")) {
        answered = response("200 OK", text());
    } else {
        answered = response("404 Not Found", "/metrics\n");
    }
    if (const as::result sent = co_await scraper.send(answered, as::within(patience)); !sent) {
        co_return sent;
    }
    co_return co_await scraper.drain_and_close(as::within(patience));
} catch (const std::exception&) { // there is no memory
    co_return as::how::no_room;
}

std::string metrics::text() const
{
    std::string all;
    add_one(all, "connections_open", "gauge", "Clients that are connected.", relay_.open());
    add_one(all, "connections_total", "counter", "Clients that were accepted.", counted_.total);
    add(all, "bytes_total", "counter", "Bytes that were passed on.");
    add_sample(all, "bytes_total", label("direction", "to_target"), counted_.bytes_to_target);
    add_sample(all, "bytes_total", label("direction", "to_client"), counted_.bytes_to_client);
    add_one(all, "connect_errors_total", "counter", "Clients whom no target took.", counted_.connect_errors);
    add_one(all, "resets_total", "counter", "Connections that did not end in good order.", counted_.resets);
    add_one(all, "idle_total", "counter", "Connections that were reset since nothing moved.", counted_.idle);
    add_one(all, "bad_headers_total", "counter", "Clients without a PROXY header.", counted_.bad_headers);
    add_one(all, "dropped_total", "counter", "Clients for whom there was no memory.", counted_.dropped);
    add(all, "target_connections_total", "counter", "Connections that a target took.");
    for (const target& each : targets_.all()) {
        add_sample(all, "target_connections_total", label("target", to_string(each.where)), each.connected());
    }
    add(all, "target_errors_total", "counter", "Connects that failed.");
    for (const target& each : targets_.all()) {
        add_sample(all, "target_errors_total", label("target", to_string(each.where)), each.failed());
    }
    add(all, "target_up", "gauge", "0: left alone, since a connect has failed.");
    for (const target& each : targets_.all()) {
        add_sample(all, "target_up", label("target", to_string(each.where)), each.is_left_alone() ? 0 : 1);
    }
    return all;
}

} // namespace async_relay
