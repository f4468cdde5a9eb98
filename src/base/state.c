// SPDX-License-Identifier: MIT
#include <base/state.h>

BaseState base_state = {
	.mem = {.lock = PTHREAD_MUTEX_INITIALIZER},
	.log =
		{
			.levels =
				{
					[0 ... GF_LOG_TOOL_MAX - 1] = GF_LOG_WARNING,
				},
			.lock = PTHREAD_MUTEX_INITIALIZER,
			.fd = -1,
		},
	.sys = {.lock = PTHREAD_MUTEX_INITIALIZER},
	.file = {.lock = PTHREAD_MUTEX_INITIALIZER},
	.objects = {.lock = PTHREAD_MUTEX_INITIALIZER},
	.handles = {.lock = PTHREAD_MUTEX_INITIALIZER},
};

_Thread_local ThreadState base_thread;
