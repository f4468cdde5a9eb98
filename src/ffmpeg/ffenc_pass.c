// SPDX-License-Identifier: MIT
// Encoding in two passes: the first one leaves statistics in a file, which the second one reads. libx264 handles the file
// by itself (`stats`), for other encoders it is ours.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <libavutil/avstring.h>
#include "ffmpeg/ffenc.h"

#define MAX_LOG_SIZE (1 << 30)

static Bool has_flag(const AVDictionary *options, const char *flag)
{
	const AVDictionaryEntry *flags = av_dict_get(options, "flags", NULL, 0);
	return flags && strstr(flags->value, flag);
}

static void log_name(const Ffenc *ctx, char name[GF_MAX_PATH])
{
	const GF_PropertyValue *p = gf_filter_pid_get_property_str(ctx->ipid, "logpass");
	if (p && p->type == GF_PROP_STRING && p->value.string)
		snprintf(name, GF_MAX_PATH, "%s", p->value.string);
	else
		snprintf(name, GF_MAX_PATH, "ffenc2pass-%u.log", ff_uint(ctx->ipid, GF_PROP_PID_ID));
}

static GF_Err refuse(const char *name, const char *what)
{
	GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
		("[ffenc] the statistics of the first pass, %s, cannot be %s: %s\n", name, what, strerror(errno)));
	return GF_IO_ERR;
}

static GF_Err read_log(Ffenc *ctx, const char *name)
{
	FILE *log = fopen(name, "rb");
	long size = log && !fseek(log, 0, SEEK_END) ? ftell(log) : -1;
	Bool fits = size >= 0 && size < MAX_LOG_SIZE && !fseek(log, 0, SEEK_SET);
	char *text = fits ? av_mallocz((size_t)size + 1) : NULL;
	Bool done = text && fread(text, 1, (size_t)size, log) == (size_t)size;
	if (log)
		fclose(log);
	if (!done) {
		av_free(text);
		return refuse(name, "read");
	}
	av_freep(&ctx->codec->stats_in);
	ctx->codec->stats_in = text; // freed by ffenc_end_passes
	return GF_OK;
}

GF_Err ffenc_begin_passes(Ffenc *ctx, AVDictionary **options)
{
	char name[GF_MAX_PATH];
	Bool first = has_flag(*options, "pass1"), second = has_flag(*options, "pass2");
	if (!first && !second)
		return GF_OK;
	if (ctx->nb_frames) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[ffenc] encoding in two passes cannot go on with another encoder (format change, rc or rld)\n"));
		return GF_NOT_SUPPORTED;
	}
	log_name(ctx, name);
	if (!strncmp(ctx->encoder->name, "libx264", 7)) {
		FILE *log = second ? fopen(name, "rb") : NULL;
		if (second && !log)
			return refuse(name, "read");
		if (log)
			fclose(log);
		av_dict_set(options, "stats", name, AV_DICT_DONT_OVERWRITE);
		return GF_OK;
	}
	if (second)
		return read_log(ctx, name);
	ctx->pass_log = fopen(name, "wb");
	return ctx->pass_log ? GF_OK : refuse(name, "written");
}

void ffenc_write_pass(Ffenc *ctx)
{
	if (ctx->pass_log && ctx->codec->stats_out && *ctx->codec->stats_out) {
		fputs(ctx->codec->stats_out, ctx->pass_log);
		ctx->pass_written = GF_TRUE;
	}
}

GF_Err ffenc_end_passes(Ffenc *ctx)
{
	GF_Err e = GF_OK;
	if (ctx->codec)
		av_freep(&ctx->codec->stats_in);
	if (!ctx->pass_log)
		return GF_OK;
	if (ferror(ctx->pass_log) | fclose(ctx->pass_log)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC, ("[ffenc] the statistics of the first pass cannot be written completely\n"));
		e = GF_IO_ERR;
	} else if (ctx->drained && !ctx->pass_written) { // not when it was interrupted
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[ffenc] encoder %s gave no statistics: it does not know passes by their flags\n", ctx->encoder->name));
		e = GF_NOT_SUPPORTED;
	}
	ctx->pass_log = NULL;
	return e;
}
