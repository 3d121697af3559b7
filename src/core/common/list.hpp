// Objects in line. A list owns none of them, allocates nothing and cannot fail: an `Item` has a member `next_`, for the
// one list that it is in, and is a friend of the list. A circle, so that a list is one pointer.
#pragma once

#include <utility>

namespace async_socket::core {

template <typename Item>
class list {
public:
    [[nodiscard]] bool empty() const noexcept { return last_ == nullptr; }
    // Null if there is none.
    [[nodiscard]] Item* front() const noexcept { return last_ != nullptr ? last_->next_ : nullptr; }

    void push_back(Item& added) noexcept
    {
        insert_behind(last_, added);
        last_ = &added;
    }

    void push_front(Item& added) noexcept
    {
        insert_behind(last_, added);
        last_ = last_ != nullptr ? last_ : &added;
    }

    // Keeps an order: before the first that does not come before it.
    template <typename Order>
    void insert(Item& added, Order comes_before) noexcept
    {
        if (last_ == nullptr || comes_before(*last_, added)) {
            push_back(added);
            return;
        }
        Item* before = last_;
        while (comes_before(*before->next_, added)) {
            before = before->next_;
        }
        insert_behind(before, added);
    }

    // Null if there is none.
    Item* pop_front() noexcept
    {
        Item* const first = front();
        if (first == last_) {
            last_ = nullptr;
        } else {
            last_->next_ = first->next_;
        }
        return first;
    }

    // The first that is `wanted`; null if none is.
    template <typename Predicate>
    Item* pop_first(Predicate wanted) noexcept
    {
        Item* before = last_;
        for (Item* each = front(); each != nullptr; before = each, each = each != last_ ? each->next_ : nullptr) {
            if (wanted(*each)) {
                before->next_ = each->next_;
                if (last_ == each) {
                    last_ = before != each ? before : nullptr;
                }
                return each;
            }
        }
        return nullptr;
    }

    // Appends all of `other`, which is empty then.
    void take_all(list& other) noexcept
    {
        if (other.empty()) {
            return;
        }
        if (last_ != nullptr) {
            std::swap(last_->next_, other.last_->next_);
        }
        last_ = other.last_;
        other.last_ = nullptr;
    }

private:
    // `before`: null in an empty list.
    static void insert_behind(Item* before, Item& added) noexcept
    {
        if (before == nullptr) {
            before = &added;
        } else {
            added.next_ = before->next_;
        }
        before->next_ = &added;
    }

    Item* last_ = nullptr;
};

} // namespace async_socket::core
