// Which server of names the C library asks.
#pragma once

// That at this port of the loopback, whatever the machine's own is: where nothing can be put in the place of
// /etc/resolv.conf. 0: the machine's.
void ask_server_at(int port);
