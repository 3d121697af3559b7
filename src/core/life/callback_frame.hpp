// Which callbacks of the library the current thread is inside: a stack, since a callback may open
// another socket and so run that one's open callback within its own.
//
// A close or destroy that is called from within a callback of the same socket must not wait for that
// callback. It finds the callback here and detaches it from whatever the waiter counts.
#pragma once

namespace async_socket::core {

class execution_engine;
class socket;

class callback_frame {
public:
    using detach_function = void (*)(void* context);

    // `detach(context)` takes this callback out of the count that a closer of `owner` waits for.
    // It is called at most once, on this thread.
    callback_frame(const socket& owner, detach_function detach, void* context) noexcept;
    // Of what belongs to no socket: no close waits for it, but who ends the engine and waits does.
    explicit callback_frame(execution_engine& engine) noexcept;
    ~callback_frame();
    callback_frame(const callback_frame&) = delete;
    callback_frame& operator=(const callback_frame&) = delete;

    // Detaches all callbacks of `owner` that this thread is inside.
    static void detach_all(const socket& owner) noexcept;
    // The current thread's stack of callbacks; null outside of any.
    [[nodiscard]] static callback_frame* innermost() noexcept;
    // True if a callback of `owner` that has not been detached is on that stack.
    [[nodiscard]] static bool is_inside(const callback_frame* frames, const socket& owner) noexcept;

private:
    const socket* owner_ = nullptr; // null once detached: the socket may be gone, its address used again
    detach_function detach_ = nullptr;
    void* context_ = nullptr;
    callback_frame* outer_;
    execution_engine* stays_with_ = nullptr; // once detached, or from the start: it waits for this callback, if anybody
                                             // waits for it
};

} // namespace async_socket::core
