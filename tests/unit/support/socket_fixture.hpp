// What the tests of core/socket/socket.hpp share: an engine, a socket on the fake backend, and operations
// that remember how they ended.
#pragma once

#include <functional>

#include <gtest/gtest.h>

#include "core/socket/socket.hpp"
#include "support/fake_backend.hpp"
#include "support/waiting.hpp"

namespace async_socket::test {

// How one operation ended. `then`, if set, runs in its callback.
struct ended_record {
    std::function<void()> then;
    event ended;
    int times = 0;
    core::outcome outcome{};
    as_operation memory{};
};

class socket_fixture : public testing::Test {
public:
    ~socket_fixture() override
    {
        if (socket_ != nullptr) {
            socket_->close_and_free();
        }
    }

protected:
    socket_fixture() : socket_(core::socket::create(*engine_, backend::no_connection(), 0, nullptr)) {}

    // For a test whose socket frees itself.
    void forget_socket() { socket_ = nullptr; }

    void destroy_socket()
    {
        core::socket* const socket = socket_;
        socket_ = nullptr;
        socket->close_and_free();
    }

    [[nodiscard]] bool open(int connection)
    {
        const backend::connection given = connection_number(connection);
        return socket_
            ->open(
                &given, [](void*, ASYNC_SOCKET_OPEN_RESULT) {}, nullptr)
            .is_none();
    }

    // Opens, with `on_open` as the callback.
    [[nodiscard]] bool open(int connection, std::function<void()> on_open)
    {
        const backend::connection given = connection_number(connection);
        return socket_
            ->open(
                &given,
                [](void* context, ASYNC_SOCKET_OPEN_RESULT) { (*static_cast<std::function<void()>*>(context))(); },
                &on_open)
            .is_none();
    }

    // Starts an operation on `socket_`; `record` learns its end.
    core::refusal start(ended_record& record, core::direction way = core::direction::receive)
    {
        return start_on(*socket_, record, way);
    }

    static core::refusal start_on(core::socket& socket, ended_record& record,
                                  core::direction way = core::direction::receive)
    {
        static char byte;
        static const as_buffer buffer = as_buffer_of(&byte, sizeof byte);
        const auto on_end = [](as_operation* ended, as_outcome outcome) {
            auto& its_record = *static_cast<ended_record*>(ended->context);
            its_record.outcome = core::understood(outcome);
            ++its_record.times;
            if (its_record.then) {
                its_record.then();
            }
            its_record.ended.set();
        };
        const core::lifecycle::visit visit(socket.life());
        if (!visit.is_inside()) {
            return test::not_open;
        }
        return socket.start({on_end, &record, 1, {.left = {&buffer, 1}}, core::transfer_in(way)}, &record.memory);
    }

    // A thread of the pool ends the oldest started operation with one byte.
    void let_one_end()
    {
        fake_operation* const operation = fake_.take_started();
        ASSERT_NE(operation, nullptr);
        fake_.deliver_on_a_pool_thread(*operation, done_with(1));
    }

    fake_backend fake_;
    engine_reference engine_;
    core::socket* socket_;
};

} // namespace async_socket::test
