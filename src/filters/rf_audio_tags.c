// SPDX-License-Identifier: MIT
#include <string.h>
#include <gpac/tools.h>
#include "filters/rf_audio.h"
#include "formats/id3.h"

// The picture of the tag as a video PID of one frame.
static GF_Err send_picture(GF_Filter *filter, RfAudio *rf, const Id3Item *item)
{
	Bool png = strstr(item->text, "png") != NULL;
	if (!rf->picture_pid && !(rf->picture_pid = gf_filter_pid_new(filter)))
		return GF_OUT_OF_MEM;
	GF_FilterPid *pid = rf->picture_pid;
	gf_filter_pid_copy_properties(pid, rf->ipid);
	gf_filter_pid_set_name(pid, "video");
	gf_filter_pid_set_property(pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
	gf_filter_pid_set_property(pid, GF_PROP_PID_CODECID, PROP_UINT(png ? GF_CODECID_PNG : GF_CODECID_JPEG));
	gf_filter_pid_set_property(pid, GF_PROP_PID_TIMESCALE, PROP_UINT(1000));
	gf_filter_pid_set_property(pid, GF_PROP_PID_NB_FRAMES, PROP_UINT(1));
	gf_filter_pid_set_property(pid, GF_PROP_PID_COVER_ART, PROP_BOOL(GF_TRUE));
	gf_filter_pid_set_property(pid, GF_PROP_PID_UNFRAMED, NULL);
	u8 *data;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(pid, item->size, &data);
	if (!packet)
		return GF_OUT_OF_MEM;
	memcpy(data, item->data, item->size);
	gf_filter_pck_set_cts(packet, 0);
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	GF_Err e = gf_filter_pck_send(packet);
	gf_filter_pid_set_eos(pid);
	return e < 0 ? e : GF_OK;
}

static GF_Err set_tag(GF_Filter *filter, RfAudio *rf, const Id3Item *item)
{
	GF_FilterPid *pid = rf->opid;
	const char *name = item->name;
	switch (item->kind) {
	case ID3_TEXT:
		return gf_filter_pid_set_property_str(pid, name, PROP_STRING(item->text));
	case ID3_NUMBER:
		return gf_filter_pid_set_property_str(pid, name, PROP_UINT(item->num));
	case ID3_FLAG:
		return gf_filter_pid_set_property_str(pid, name, PROP_BOOL(item->num != 0));
	case ID3_FRACTION:
		return gf_filter_pid_set_property_str(pid, name, PROP_FRAC_INT((s32)item->num, item->den));
	case ID3_PICTURE:
		if (rf->separate_picture)
			return send_picture(filter, rf, item);
		return gf_filter_pid_set_property(pid, GF_PROP_PID_COVER_ART, PROP_DATA(item->data, item->size));
	}
	return GF_OK;
}

void rf_audio_set_tags(GF_Filter *filter, RfAudio *rf, const u8 *data, u32 size)
{
	Id3Reader reader;
	Id3Item item;
	GF_Err e = id3_open(&reader, data, size);
	if (e) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[%s] the ID3 tag of version 2.%u is not read: %s\n", rf->codec->name, data[3],
				gf_error_to_string(e)));
		return;
	}
	while (!e && id3_next(&reader, &item)) {
		e = set_tag(filter, rf, &item);
		id3_item_reset(&item);
	}
	if (e)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[%s] the tags of the file are incomplete: %s\n", rf->codec->name, gf_error_to_string(e)));
	id3_close(&reader);
}
