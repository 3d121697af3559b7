// core/resolve/resolver.hpp in a process that was forked off: none of its threads is there.
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include <gtest/gtest.h>

#define ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#include "support/lookup_probe.hpp"
#include "support/scripted_answer.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using core::ending;

// By its number, the first that does not hold; 0 if all do.
int check_in_child(core::resolver& inherited, lookup_probe& under_way)
{
    lookup_probe refused;
    if (refused.start(inherited, {"127.0.0.1", "80"}) || refused.how() != ending::closed_here) {
        return 1;
    }
    if (!inherited.abandon(under_way)) {
        return 2;
    }
    inherited.close_and_wait(); // for nobody
#ifndef __SANITIZE_THREAD__     // it does not allow a child of a process with threads to have some of its own
    core::resolver* const own = core::resolver::create({});
    lookup_probe name;
    if (!name.start(*own, {"name.test", "80"}) || !name.wait() || name.how() != ending::done) {
        return 3;
    }
    own->close();
#endif
    return 0;
}

TEST(ResolverFork, AChildRefusesAndWaitsForNobodyAndMayMakeItsOwn)
{
    event is_inside;
    event may_go;
    const pid_t parent = getpid();
    const scripted_answer script([&](const char* name, const char*, const addrinfo* hints, addrinfo** list) {
        if ((hints->ai_flags & AI_NUMERICHOST) != 0 && std::strstr(name, ".test") != nullptr) {
            return EAI_NONAME;
        }
        if (getpid() == parent) {
            is_inside.set();
            EXPECT_TRUE(may_go.wait());
        }
        *list = list_of_ports(1);
        return 0;
    });
    const owned_resolver here;
    lookup_probe slow;
    ASSERT_TRUE(slow.start(*here, {"slow.test", "80"}));
    ASSERT_TRUE(is_inside.wait());
    const pid_t child = fork();
    if (child == 0) {
        _exit(check_in_child(*here, slow));
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    may_go.set();
    EXPECT_TRUE(slow.wait()) << "the parent has its threads";
}

} // namespace
