// sim_unit_tests: unit tests on one simulated machine, on whose threads nothing but chance decides.
#include "model/machine.hpp"

int main(int count, char** arguments)
{
    testing::InitGoogleTest(&count, arguments);
    sim::machine_begin(1, {}, {});
    const int result = RUN_ALL_TESTS();
    sim::machine_end();
    return result;
}
