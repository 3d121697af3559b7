# What compiler and linker can do against the use of bugs, for everything that is built here. Consumers of
# the static library choose for their own programs. tests/hardening looks at the results.
if(MSVC)
  add_compile_options(/guard:cf)
  add_link_options(/guard:cf /DYNAMICBASE /NXCOMPAT /HIGHENTROPYVA)
elseif(WIN32)
  # No stack protector in the library: mingw-w64's needs libssp, and a C program that links our static
  # library would need it too. GCC has no control flow guard for Windows.
  add_link_options(-Wl,--dynamicbase,--nxcompat,--high-entropy-va)
else()
  if(PROJECT_IS_TOP_LEVEL) # for programs; and it leaves its answers in the cache
    include(CheckPIESupported)
    check_pie_supported(LANGUAGES C CXX)
  endif()
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    add_compile_options(-fcf-protection)
  endif()
  if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    # The sanitizers check the same calls themselves; and it needs an optimised build.
    add_compile_options($<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=2>)
  endif()
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
endif()

# A program of ours whose stack is protected on Windows too: it is linked statically, libssp included.
function(async_socket_protect_stack program)
  if(MINGW)
    target_compile_options(${program} PRIVATE -fstack-protector-strong)
    target_link_options(${program} PRIVATE -fstack-protector-strong)
  endif()
endfunction()
