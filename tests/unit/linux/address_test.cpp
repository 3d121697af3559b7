// async_socket/address.h: what the system has to do with it.
#include "async_socket/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

namespace {

std::string printed(const as_address& address)
{
    char room[AS_ADDRESS_TEXT_SIZE];
    const std::size_t length = as_address_text(&address, room, sizeof room);
    EXPECT_EQ(std::strlen(room), length);
    char other[AS_ADDRESS_TEXT_SIZE];
    EXPECT_EQ(as_address_text_with_port(&address, other, sizeof other) >= length, true);
    return {room, length};
}

std::uint32_t how_of_unix(const std::string& path, as_address& made)
{
    return as_address_unix(&made, path.data(), path.size()).how;
}

as_address of_unix(const std::string& path)
{
    as_address made{};
    EXPECT_EQ(how_of_unix(path, made), std::uint32_t{AS_DONE}) << path;
    EXPECT_EQ(as_address_family(&made), AS_UNIX);
    return made;
}

// As the system writes it.
struct local_form {
    sockaddr_un form{};
    char behind[4]{};

    explicit local_form(const std::string& path)
    {
        form.sun_family = AF_UNIX;
        std::memcpy(form.sun_path, path.data(), path.size());
    }
    [[nodiscard]] as_outcome taken_by(as_address& address, std::size_t path_size) const
    {
        return as_address_from_system(&address, this, offsetof(sockaddr_un, sun_path) + path_size);
    }
};

TEST(AddressOnLinux, IsTheSystemsOwnForm)
{
    as_address address{};
    ASSERT_EQ(as_address_parse(&address, "192.0.2.1", 0x1234).how, std::uint32_t{AS_DONE});
    std::size_t size = 0;
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, as_address_system(&address, &size), sizeof ipv4);
    EXPECT_EQ(size, sizeof ipv4);
    EXPECT_EQ(ipv4.sin_family, AF_INET);
    EXPECT_EQ(ntohs(ipv4.sin_port), 0x1234);
    EXPECT_EQ(ntohl(ipv4.sin_addr.s_addr), 0xc0000201U);

    ASSERT_EQ(as_address_parse(&address, "fe80::1%7", 0x1234).how, std::uint32_t{AS_DONE});
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, as_address_system(&address, &size), sizeof ipv6);
    EXPECT_EQ(size, sizeof ipv6);
    EXPECT_EQ(ipv6.sin6_family, AF_INET6);
    EXPECT_EQ(ntohs(ipv6.sin6_port), 0x1234);
    EXPECT_EQ(ipv6.sin6_scope_id, 7U);
    EXPECT_EQ(ipv6.sin6_addr.s6_addr[0], 0xfe);
    EXPECT_EQ(ipv6.sin6_addr.s6_addr[15], 1);
}

TEST(AddressOnLinux, LeavesOutWhatIsNoPartOfIt)
{
    sockaddr_in6 form{};
    form.sin6_family = AF_INET6;
    form.sin6_flowinfo = 0x12345;
    form.sin6_port = htons(80);
    as_address address{};
    ASSERT_EQ(as_address_from_system(&address, &form, sizeof form).how, std::uint32_t{AS_DONE});
    as_address any{};
    ASSERT_EQ(as_address_any(&any, AS_IPV6, 80).how, std::uint32_t{AS_DONE});
    EXPECT_TRUE(as_address_equal(&address, &any));

    sockaddr_in padded{};
    std::memset(&padded, 0x5a, sizeof padded);
    padded.sin_family = AF_INET;
    padded.sin_port = htons(80);
    padded.sin_addr.s_addr = 0;
    ASSERT_EQ(as_address_from_system(&address, &padded, sizeof padded).how, std::uint32_t{AS_DONE});
    ASSERT_EQ(as_address_any(&any, AS_IPV4, 80).how, std::uint32_t{AS_DONE});
    EXPECT_TRUE(as_address_equal(&address, &any));
}

TEST(AddressOnLinux, CanBeBoundAndIsToldBack)
{
    as_address address{};
    ASSERT_EQ(as_address_loopback(&address, AS_IPV4, 0).how, std::uint32_t{AS_DONE});
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_GE(descriptor, 0);
    std::size_t size = 0;
    const void* const system = as_address_system(&address, &size);
    EXPECT_EQ(::bind(descriptor, static_cast<const sockaddr*>(system), static_cast<socklen_t>(size)), 0);
    sockaddr_storage told{};
    socklen_t told_size = sizeof told;
    EXPECT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&told), &told_size), 0);
    as_address bound{};
    EXPECT_EQ(as_address_from_system(&bound, &told, told_size).how, std::uint32_t{AS_DONE});
    EXPECT_NE(as_address_port(&bound), 0);
    EXPECT_EQ(printed(bound), "127.0.0.1");
    (void)::close(descriptor);
}

TEST(AddressOnLinux, KnowsItsInterfacesByName)
{
    const unsigned number = ::if_nametoindex("lo");
    ASSERT_NE(number, 0U); // every Linux has it
    as_address by_name{};
    as_address by_number{};
    ASSERT_EQ(as_address_parse(&by_name, "[fe80::1%lo]", 80).how, std::uint32_t{AS_DONE});
    const std::string text = "fe80::1%" + std::to_string(number);
    ASSERT_EQ(as_address_parse(&by_number, text.c_str(), 80).how, std::uint32_t{AS_DONE});
    EXPECT_TRUE(as_address_equal(&by_name, &by_number));
    EXPECT_EQ(printed(by_name), text);
}

TEST(AddressOnLinux, SaysWhichInterfaceIsNotThere)
{
    as_address address{};
    for (const char* const text : {"fe80::1%nosuch0", "fe80::1%a-name-that-is-too-long"}) {
        const as_outcome outcome = as_address_parse(&address, text, 80);
        EXPECT_EQ(outcome.how, std::uint32_t{AS_UNREACHABLE});
        EXPECT_EQ(outcome.code, std::uint32_t{ENODEV});
    }
}

TEST(AddressOnLinux, SaysIfTheSystemCannotBeAsked)
{
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    as_address address{};
    const as_outcome outcome = as_address_parse(&address, "fe80::1%lo", 80);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    // The C library says ENOENT, or what is true.
    EXPECT_TRUE(outcome.how == AS_NO_ROOM || outcome.how == AS_FAILED) << as_how_text(outcome.how);
    EXPECT_NE(outcome.code, 0U);
    EXPECT_EQ(as_address_family(&address), AS_NO_FAMILY);
}

TEST(LocalAddress, HasItsPathWithAZeroBehind)
{
    const as_address address = of_unix("/run/socket");
    std::size_t size = 0;
    sockaddr_un form{};
    const void* const system = as_address_system(&address, &size);
    ASSERT_EQ(size, offsetof(sockaddr_un, sun_path) + sizeof "/run/socket");
    std::memcpy(&form, system, size);
    EXPECT_EQ(form.sun_family, AF_UNIX);
    EXPECT_STREQ(form.sun_path, "/run/socket");
    EXPECT_EQ(printed(address), "/run/socket");
    EXPECT_EQ(as_address_port(&address), 0);
    as_address changed = address;
    EXPECT_EQ(as_address_set_port(&changed, 80).how, std::uint32_t{AS_INVALID});
    EXPECT_TRUE(as_address_equal(&changed, &address));
}

TEST(LocalAddress, MayHaveAPathOf108BytesAndNoMore)
{
    as_address made{};
    for (const std::size_t length : {1U, 106U, 107U, 108U}) {
        const std::string path(length, 'p');
        made = of_unix(path);
        EXPECT_EQ(printed(made), path);
        std::size_t size = 0;
        EXPECT_NE(as_address_system(&made, &size), nullptr);
        EXPECT_EQ(size, offsetof(sockaddr_un, sun_path) + std::min<std::size_t>(length + 1, 108));
    }
    made = {};
    EXPECT_EQ(how_of_unix(std::string(109, 'p'), made), std::uint32_t{AS_INVALID});
    EXPECT_EQ(how_of_unix(std::string(109, '\0'), made), std::uint32_t{AS_INVALID});
    EXPECT_EQ(how_of_unix(std::string("a\0b", 3), made), std::uint32_t{AS_INVALID});
    EXPECT_EQ(how_of_unix(std::string("a\0", 2), made), std::uint32_t{AS_INVALID});
    EXPECT_EQ(as_address_family(&made), AS_NO_FAMILY);
}

TEST(LocalAddress, MayHaveAnAbstractName)
{
    const std::string name("\0a\0b", 4);
    const as_address address = of_unix(name);
    std::size_t size = 0;
    const auto* const system = static_cast<const char*>(as_address_system(&address, &size));
    ASSERT_EQ(size, offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(std::memcmp(system + offsetof(sockaddr_un, sun_path), name.data(), name.size()), 0);
    EXPECT_EQ(printed(address), "@a@b");
    EXPECT_EQ(printed(of_unix(std::string(108, '\0'))), std::string(108, '@'));

    const as_address longer = of_unix(std::string("\0a\0b\0", 5));
    EXPECT_FALSE(as_address_equal(&longer, &address));
    const as_address path = of_unix("@a@b");
    EXPECT_FALSE(as_address_equal(&path, &address));
}

TEST(LocalAddress, IsTakenWithWhateverSizeTheSystemSays)
{
    as_address taken{};
    const local_form form("/run/socket");
    const as_address expected = of_unix("/run/socket");
    for (const std::size_t size : {11U, 12U, 20U, 108U}) { // without its 0, with it, with all that is behind
        EXPECT_EQ(form.taken_by(taken, size).how, std::uint32_t{AS_DONE}) << size;
        EXPECT_TRUE(as_address_equal(&taken, &expected)) << size;
    }
    const local_form longest(std::string(108, 'p'));
    EXPECT_EQ(longest.taken_by(taken, 108).how, std::uint32_t{AS_DONE});
    EXPECT_EQ(longest.taken_by(taken, 109).how, std::uint32_t{AS_DONE}) << "the system counts a 0 that it adds";
    EXPECT_EQ(printed(taken), std::string(108, 'p'));

    const as_address before = taken;
    const local_form abstract(std::string("\0a", 2));
    EXPECT_EQ(abstract.taken_by(taken, 109).how, std::uint32_t{AS_INVALID}) << "no name is as long";
    EXPECT_TRUE(as_address_equal(&taken, &before));
    EXPECT_EQ(abstract.taken_by(taken, 2).how, std::uint32_t{AS_DONE});
    EXPECT_EQ(printed(taken), "@a");
}

TEST(LocalAddress, OfAPeerThatWasNeverBoundIsNameless)
{
    as_address taken{};
    EXPECT_EQ(local_form("").taken_by(taken, 0).how, std::uint32_t{AS_DONE});
    EXPECT_EQ(as_address_family(&taken), AS_UNIX);
    EXPECT_EQ(printed(taken), "");
    std::size_t size = 0;
    EXPECT_NE(as_address_system(&taken, &size), nullptr);
    EXPECT_EQ(size, sizeof(sa_family_t));
}

TEST(LocalAddress, CanBeBoundAndIsToldBack)
{
    std::string name("\0async_socket address test ", 27);
    name += std::to_string(::getpid());
    const as_address address = of_unix(name);
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_GE(descriptor, 0);
    std::size_t size = 0;
    const void* const system = as_address_system(&address, &size);
    EXPECT_EQ(::bind(descriptor, static_cast<const sockaddr*>(system), static_cast<socklen_t>(size)), 0);
    sockaddr_storage told{};
    socklen_t told_size = sizeof told;
    EXPECT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&told), &told_size), 0);
    as_address bound{};
    EXPECT_EQ(as_address_from_system(&bound, &told, told_size).how, std::uint32_t{AS_DONE});
    EXPECT_TRUE(as_address_equal(&bound, &address));
    (void)::close(descriptor);
}

} // namespace
