#!/bin/sh
# How many tests run at a time. Most wait; those that keep processors busy take more of these slots (slots_of_a_processor
# in tests/CMakeLists.txt), and none takes more than six.
slots=$((4 * $(nproc)))
[ "$slots" -ge 6 ] || slots=6
echo "$slots"
