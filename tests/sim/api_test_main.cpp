// sim_api_tests: unit tests of functions that nobody waits in, on one simulated machine.
#include "simulation.hpp"

int main(int count, char** arguments)
{
    testing::InitGoogleTest(&count, arguments);
    int result = 1;
    sim::simulate({}, {}, {}, [&result] { result = RUN_ALL_TESTS(); });
    return result;
}
