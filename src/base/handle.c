// SPDX-License-Identifier: MIT
#include <stdint.h>

#include <base/handle.h>
#include <base/state.h>

// Objects lie at multiples of 16 bytes, so the lowest bits tell nothing.
static Handle **bucket_of(const void *address)
{
	uintptr_t a = (uintptr_t)address;
	return &base_state.handles.buckets[(a >> 4 ^ a >> 14) % HANDLE_BUCKETS];
}

void handle_add(Handle *handle)
{
	Handle **bucket = bucket_of(handle);
	pthread_mutex_lock(&base_state.handles.lock);
	handle->next = *bucket;
	*bucket = handle;
	pthread_mutex_unlock(&base_state.handles.lock);
}

void handle_remove(Handle *handle)
{
	Handle **place = bucket_of(handle);
	pthread_mutex_lock(&base_state.handles.lock);
	while (*place && *place != handle)
		place = &(*place)->next;
	if (*place)
		*place = handle->next;
	pthread_mutex_unlock(&base_state.handles.lock);
}

Bool handle_exists(const void *address)
{
	pthread_mutex_lock(&base_state.handles.lock);
	const Handle *found = *bucket_of(address);
	while (found && found != address)
		found = found->next;
	pthread_mutex_unlock(&base_state.handles.lock);
	return found != NULL;
}
