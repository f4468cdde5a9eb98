// SPDX-License-Identifier: MIT
// FFmpeg's messages as ours. They come from decoder and encoder threads too, while the session's thread waits
// for them and may hold what a log callback needs (the Python interpreter): they are kept until that thread is
// back. This queue is the only state of the module, as av_log has one callback per process.
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <libavutil/log.h>
#include "ffmpeg/ffmpeg.h"

#define MAX_MESSAGES 32

typedef struct {
	GF_LOG_Level level;
	char text[FF_MESSAGE_SIZE];
} Message;

static struct {
	pthread_mutex_t lock;
	Message messages[MAX_MESSAGES];
	u32 nb_messages;
	u32 nb_lost;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER};

// What FFmpeg calls an error is a fault in the data, which our filter reports once: its own words are details.
static GF_LOG_Level level_of(int av_level)
{
	if (av_level <= AV_LOG_ERROR)
		return GF_LOG_WARNING;
	return av_level <= AV_LOG_WARNING ? GF_LOG_INFO : GF_LOG_DEBUG;
}

static void keep_message(void *object, int av_level, const char *format, va_list args)
{
	const AVClass *class = object ? *(const AVClass **)object : NULL;
	GF_LOG_Level level = level_of(av_level);
	if (av_level > AV_LOG_VERBOSE || !gf_log_tool_level_on(GF_LOG_CODEC, level))
		return;
	pthread_mutex_lock(&queue.lock);
	if (queue.nb_messages < MAX_MESSAGES) {
		Message *message = &queue.messages[queue.nb_messages++];
		int size = snprintf(
			message->text, FF_MESSAGE_SIZE, "%s: ", class && class->item_name ? class->item_name(object) : "ffmpeg");
		if (size > 0 && size < FF_MESSAGE_SIZE)
			vsnprintf(message->text + size, FF_MESSAGE_SIZE - (size_t)size, format, args);
		message->text[strcspn(message->text, "\n")] = 0;
		message->level = level;
	} else {
		queue.nb_lost++;
	}
	pthread_mutex_unlock(&queue.lock);
}

__attribute__((constructor)) static void take_log(void)
{
	av_log_set_callback(keep_message);
}

// Empties the queue into the log. Errors get the level `errors`; the first of them is left in `fault`, which may be NULL.
static Bool flush(GF_LOG_Level errors, char *fault)
{
	Message messages[MAX_MESSAGES];
	Bool found = GF_FALSE;
	pthread_mutex_lock(&queue.lock);
	u32 nb = queue.nb_messages, nb_lost = queue.nb_lost;
	memcpy(messages, queue.messages, nb * sizeof(messages[0]));
	queue.nb_messages = queue.nb_lost = 0;
	pthread_mutex_unlock(&queue.lock);
	for (u32 i = 0; i < nb; i++) {
		Bool is_error = messages[i].level == GF_LOG_WARNING;
		if (is_error && !found && fault)
			gf_strlcpy(fault, messages[i].text, FF_MESSAGE_SIZE);
		found |= is_error;
		GF_LOG(is_error ? errors : messages[i].level, GF_LOG_CODEC, ("[ffmpeg] %s\n", messages[i].text));
	}
	if (nb_lost)
		GF_LOG(errors, GF_LOG_CODEC, ("[ffmpeg] %u more messages\n", nb_lost));
	return found;
}

void ff_log_flush(void)
{
	flush(GF_LOG_WARNING, NULL);
}

Bool ff_log_fault(char fault[FF_MESSAGE_SIZE])
{
	return flush(GF_LOG_INFO, fault);
}

const char *ff_error_text(int error, char text[FF_ERROR_SIZE])
{
	if (av_strerror(error, text, FF_ERROR_SIZE) < 0)
		snprintf(text, FF_ERROR_SIZE, "error %d", error);
	return text;
}

GF_Err ff_error(int error)
{
	switch (error) {
	case AVERROR_INVALIDDATA:
		return GF_NON_COMPLIANT_BITSTREAM;
	case AVERROR(ENOMEM):
		return GF_OUT_OF_MEM;
	case AVERROR(ENOENT):
		return GF_URL_ERROR;
	case AVERROR(EIO):
		return GF_IO_ERR;
	case AVERROR_EOF:
		return GF_EOS;
	default:
		return error < 0 ? GF_NOT_SUPPORTED : GF_OK;
	}
}
