// SPDX-License-Identifier: MIT
#include "base/module.h"
#include "net/net.h"

const NetModule *net_module(void)
{
	return module_table("net");
}
