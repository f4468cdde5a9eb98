// SPDX-License-Identifier: MIT
// The library's own state: one structure, and one per thread. Nothing else in src/base is mutable.
//
// Each part is written by the file named above it only. It is valid before gf_sys_init and after
// gf_sys_close: messages can be logged and memory counted at any time.
#ifndef BASE_STATE_H
#define BASE_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include <gpac/fileio.h>
#include <gpac/log.h>
#include <gpac/system.h>

// mem.c
typedef struct mem_block MemBlock;

typedef struct {
	atomic_ullong bytes;
	atomic_bool tracked;  // the table of live blocks is in use
	pthread_mutex_t lock; // guards `buckets`
	MemBlock **buckets;
} MemState;

// log.c
typedef struct {
	atomic_uchar levels[GF_LOG_TOOL_MAX];
	atomic_uint nb_extras; // on all threads, so that the common case tests no thread-local variable
	atomic_bool strict;
	atomic_bool quiet;
	atomic_bool no_progress;
	atomic_bool terminal; // stderr is one
	atomic_bool color;
	atomic_bool show_clock;
	atomic_bool show_utc;
	atomic_bool progress_lines;
	atomic_bool to_file;
	atomic_bool also_stderr;
	atomic_uint progress; // what the progress line shows, so that it is written only when it changes
	// Guards what follows. Held while the log file is written, never during a call-back or a write to
	// stderr: a thread that waits for the Python interpreter must not be waited for here.
	pthread_mutex_t lock;
	gf_log_cbk cbk;
	void *cbk_udta;
	gf_on_progress_cbk progress_cbk;
	void *progress_udta;
	int fd; // of the log file, -1 when there is none
	char *path;
} LogState;

// config.c, sysargs.c, sys.c
typedef struct config Config;
typedef struct sys_args SysArgs;

typedef struct {
	pthread_mutex_t lock; // guards gf_sys_init and gf_sys_close
	u32 nb_users;
	atomic_ullong clock_start; // microseconds of CLOCK_MONOTONIC at gf_sys_init
	atomic_bool test_mode;
	Bool no_rti;
	Config *config;
	SysArgs *args;
	char *cache_dir;
	GF_SystemRTInfo rti;
	u64 rti_time;
	u32 rti_idle; // of the machine, milliseconds
} SysState;

// file.c
typedef struct open_file OpenFile;

typedef struct {
	pthread_mutex_t lock;
	OpenFile *open;
	atomic_uint nb_open;
	gfio_delete_proc *delete_procs;
	u32 nb_delete_procs, alloc_delete_procs;
} FileState;

// fileio.c and blob.c: the objects that URLs may name
typedef struct blob_entry BlobEntry;

typedef struct {
	pthread_mutex_t lock;
	GF_FileIO *objects;
	BlobEntry *blobs;
	u32 next_id;
} ObjectState;

// handle.c
typedef struct handle Handle;
#define HANDLE_BUCKETS 256

typedef struct {
	pthread_mutex_t lock;
	Handle *buckets[HANDLE_BUCKETS];
} HandleState;

typedef struct {
	MemState mem;
	LogState log;
	SysState sys;
	FileState file;
	ObjectState objects;
	HandleState handles;
} BaseState;

extern BaseState base_state;

#define LOG_MAX_EXTRAS 16

typedef struct {
	// between gf_log_lt and gf_log
	GF_LOG_Level log_level;
	GF_LOG_Tool log_tool;
	Bool in_log_cbk;
	u32 nb_extras;
	const GF_LogExtra *extras[LOG_MAX_EXTRAS];
	// results of functions that return a borrowed text
	char fourcc[10][GF_4CC_MSIZE];
	u32 next_fourcc;
	char error[32];
} ThreadState;

extern _Thread_local ThreadState base_thread;

#endif
