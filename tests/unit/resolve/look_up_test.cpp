// core/resolve/system_calls.hpp: what the platform asks of the system's resolver, and makes of its answers.
#include <algorithm>
#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "core/address/address.hpp"
#include "core/platform/system_address.hpp"
#include "core/resolve/system_calls.hpp"
#define ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#include "support/scripted_answer.hpp"
#ifndef _WIN32
#include <netinet/in.h>
#include <sys/socket.h>
#endif

namespace {

using namespace async_socket;
using namespace async_socket::test;
using backend::look_up_in;
using core::ending;

// How the system is asked.
struct asked_for {
    bool has_host = false;
    std::string service;
    addrinfo hints{};
};

asked_for hints_of(const core::name_question& question, look_up_in where)
{
    asked_for seen;
    const scripted_answer script(
        [&seen](const char* host, const char* service, const addrinfo* hints, addrinfo** list) {
            seen.has_host = host != nullptr;
            seen.service = service != nullptr ? service : "none";
            seen.hints = *hints;
            *list = list_of_ports(1);
            return 0;
        });
    EXPECT_EQ(backend::look_up(question, where).outcome.how, ending::done);
    return seen;
}

TEST(LookUp, AsksForStreamsOfTheFamily)
{
    const asked_for any = hints_of({"a", "80"}, look_up_in::everything);
    EXPECT_EQ(any.hints.ai_family, AF_UNSPEC);
    EXPECT_EQ(any.hints.ai_socktype, SOCK_STREAM);
    EXPECT_EQ(any.hints.ai_protocol, IPPROTO_TCP);
    EXPECT_EQ(any.hints.ai_flags, 0);
    EXPECT_EQ(any.service, "80");
    EXPECT_EQ(hints_of({"a", "80", AS_IPV4}, look_up_in::everything).hints.ai_family, AF_INET);
    EXPECT_EQ(hints_of({"a", "80", AS_IPV6}, look_up_in::everything).hints.ai_family, AF_INET6);
    EXPECT_EQ(hints_of({"a", nullptr}, look_up_in::everything).service, "none");
}

TEST(LookUp, SaysWhatIsNoNameAndWhoListens)
{
    constexpr as_family any = AS_NO_FAMILY;
    EXPECT_EQ(hints_of({"a", "80"}, look_up_in::notation).hints.ai_flags, AI_NUMERICHOST);
    EXPECT_EQ(hints_of({"a", "80", any, false, true}, look_up_in::everything).hints.ai_flags, AI_NUMERICHOST);
    EXPECT_EQ(hints_of({"a", "80", any, true}, look_up_in::everything).hints.ai_flags, AI_PASSIVE);
    const asked_for nobody = hints_of({nullptr, nullptr, any, true, true}, look_up_in::notation);
    EXPECT_EQ(nobody.hints.ai_flags, AI_PASSIVE);
    EXPECT_FALSE(nobody.has_host);
    EXPECT_EQ(nobody.service, "0");
}

TEST(LookUp, KeepsTheSystemsOrderAndNoMoreThanFit)
{
    for (const int count : {1, 3, 64, 65, 200}) {
        const scripted_answer script([count](const char*, const char*, const addrinfo*, addrinfo** list) {
            *list = list_of_ports(count);
            return 0;
        });
        const core::name_answer answer = backend::look_up({"many.test", "80"}, look_up_in::everything);
        ASSERT_EQ(answer.outcome.how, ending::done);
        ASSERT_EQ(answer.addresses.get()->count(), static_cast<std::uint32_t>(std::min(count, 64)));
        int port = 0;
        for (const as_address& each : *answer.addresses.get()) {
            EXPECT_EQ(core::port_of(each), ++port);
            EXPECT_EQ(each.size, sizeof(sockaddr_in));
        }
    }
}

struct translation {
    int code;
    ending how;
};

#ifdef _WIN32
constexpr translation translations[] = {{WSAHOST_NOT_FOUND, ending::no_such_name},
                                        {WSATRY_AGAIN, ending::failed},
                                        {WSA_NOT_ENOUGH_MEMORY, ending::no_room}};
#else
constexpr translation translations[] = {
    {EAI_NONAME, ending::no_such_name}, {EAI_AGAIN, ending::failed}, {EAI_MEMORY, ending::no_room}};
#endif

TEST(LookUp, TellsWhatTheSystemSays)
{
    for (const translation& each : translations) {
        const scripted_answer script(
            [&each](const char*, const char*, const addrinfo*, addrinfo**) { return each.code; });
        const core::name_answer answer = backend::look_up({"a", "80"}, look_up_in::everything);
        EXPECT_EQ(answer.outcome.how, each.how) << each.code;
        EXPECT_EQ(answer.outcome.code, static_cast<std::uint32_t>(each.code));
        EXPECT_FALSE(answer.addresses);
    }
}

#ifndef _WIN32
TEST(LookUp, TellsTheErrorBehindAnError)
{
    for (const int behind : {EMFILE, 0}) {
        const scripted_answer script([behind](const char*, const char*, const addrinfo*, addrinfo**) {
            errno = behind != 0 ? behind : errno;
            return EAI_SYSTEM;
        });
        errno = EINTR; // of something else
        const core::name_answer answer = backend::look_up({"a", "80"}, look_up_in::everything);
        EXPECT_EQ(answer.outcome.how, behind != 0 ? ending::no_room : ending::failed);
        EXPECT_EQ(answer.outcome.code, static_cast<std::uint32_t>(behind != 0 ? behind : EAI_SYSTEM));
        EXPECT_EQ(errno, EINTR);
    }
}
#endif

#ifndef _WIN32
// glibc 2.36, asked for the first time, calls a name unknown if it cannot open what it looks into.
TEST(LookUp, TellsThatItCouldNotLook)
{
    for (const int behind : {EMFILE, ENFILE, ENOMEM, ENOENT}) {
        const scripted_answer script([behind](const char*, const char*, const addrinfo*, addrinfo**) {
            errno = behind;
            return EAI_NONAME;
        });
        const core::name_answer answer = backend::look_up({"a", "80"}, look_up_in::everything);
        EXPECT_EQ(answer.outcome.how, behind == ENOENT ? ending::no_such_name : ending::no_room);
        EXPECT_EQ(answer.outcome.code, static_cast<std::uint32_t>(behind == ENOENT ? EAI_NONAME : behind));
    }
}
#endif

// ---- of the system itself

core::name_answer real(const core::name_question& question)
{
    EXPECT_TRUE(backend::prepare_resolving());
    return backend::look_up(question, look_up_in::everything);
}

TEST(LookUp, KnowsAddressesInTheirNotation)
{
    const core::name_answer four = real({"127.0.0.1", "65535"});
    ASSERT_EQ(four.outcome.how, ending::done) << four.outcome.code;
    ASSERT_EQ(four.addresses.get()->count(), 1U);
    EXPECT_EQ(backend::family_of(*four.addresses.get()->begin()), AS_IPV4);
    EXPECT_EQ(core::port_of(*four.addresses.get()->begin()), 65535);
    const core::name_answer six = real({"::1", "00080"});
    ASSERT_EQ(six.outcome.how, ending::done) << six.outcome.code;
    EXPECT_EQ(backend::family_of(*six.addresses.get()->begin()), AS_IPV6);
    EXPECT_EQ(core::port_of(*six.addresses.get()->begin()), 80);
    EXPECT_EQ(backend::look_up({"127.0.0.1", "80"}, look_up_in::notation).outcome.how, ending::done);
    EXPECT_EQ(backend::look_up({"localhost", "80"}, look_up_in::notation).outcome.how, ending::no_such_name);
    const core::name_answer other = real({"127.0.0.1", "80", AS_IPV6, false, true});
    EXPECT_NE(other.outcome.how, ending::done);
}

TEST(LookUp, KnowsLocalhost)
{
    const core::name_answer found = real({"localhost", nullptr});
    ASSERT_EQ(found.outcome.how, ending::done) << found.outcome.code;
    for (const as_address& each : *found.addresses.get()) {
        EXPECT_TRUE(core::is_of_internet(backend::family_of(each)));
        EXPECT_EQ(core::port_of(each), 0);
    }
    const core::name_answer four = real({"localhost", "7", AS_IPV4});
    ASSERT_EQ(four.outcome.how, ending::done) << four.outcome.code;
    EXPECT_EQ(backend::family_of(*four.addresses.get()->begin()), AS_IPV4);
}

TEST(LookUp, KnowsAllInterfaces)
{
    const core::name_answer found = real({nullptr, "8080", AS_IPV4, true});
    ASSERT_EQ(found.outcome.how, ending::done) << found.outcome.code;
    as_address all{};
    ASSERT_EQ(core::make_any(AS_IPV4, 8080, all), ending::done);
    EXPECT_TRUE(core::are_equal(*found.addresses.get()->begin(), all));
    const core::name_answer anything = real({nullptr, nullptr, AS_NO_FAMILY, true});
    ASSERT_EQ(anything.outcome.how, ending::done) << anything.outcome.code;
    EXPECT_EQ(core::port_of(*anything.addresses.get()->begin()), 0);
}

// Where no server can be asked nobody can say that there is no such name.
TEST(LookUp, DoesNotFindWhatThereIsNot)
{
    const core::name_answer name = real({"nobody-has-this-name.invalid", "80"});
    EXPECT_TRUE(name.outcome.how == ending::no_such_name || name.outcome.how == ending::failed);
    EXPECT_NE(name.outcome.code, 0U);
    const core::name_answer service = real({"127.0.0.1", "no-such-service"});
    EXPECT_EQ(service.outcome.how, ending::no_such_name) << service.outcome.code;
    const core::name_answer nearly_a_port = real({"127.0.0.1", "80x"});
    EXPECT_EQ(nearly_a_port.outcome.how, ending::no_such_name) << nearly_a_port.outcome.code;
}

} // namespace
