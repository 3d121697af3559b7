#include "model/handles.hpp"

#include <algorithm>

namespace sim {

namespace {

constexpr std::uintptr_t number_step = 4; // as Windows numbers them

} // namespace

std::size_t handle_table::index_of(HANDLE handle) noexcept
{
    const auto number = reinterpret_cast<std::uintptr_t>(handle);
    return number % number_step == 0 ? number / number_step - 1 : ~std::size_t{0};
}

HANDLE handle_table::add(std::unique_ptr<object> object)
{
    const auto free = std::find(objects_.begin(), objects_.end(), nullptr);
    const auto index = static_cast<std::size_t>(free - objects_.begin());
    if (free == objects_.end()) {
        objects_.push_back(std::move(object));
    } else {
        *free = std::move(object);
    }
    return reinterpret_cast<HANDLE>((index + 1) * number_step);
}

std::unique_ptr<object> handle_table::remove(HANDLE handle) noexcept
{
    const std::size_t index = index_of(handle);
    return index < objects_.size() ? std::move(objects_[index]) : nullptr;
}

object* handle_table::find(HANDLE handle) noexcept
{
    const std::size_t index = index_of(handle);
    return index < objects_.size() ? objects_[index].get() : nullptr;
}

std::size_t handle_table::count() const noexcept
{
    return static_cast<std::size_t>(
        std::count_if(objects_.begin(), objects_.end(), [](const auto& object) { return object != nullptr; }));
}

} // namespace sim
