// SPDX-License-Identifier: MIT
// Common part of the readers of raw media: cuts a file into units of a fixed number of bytes, forward or, when the
// file is a local one, backward; times and seeking follow from the position.
#ifndef FILTERS_RF_RAW_H
#define FILTERS_RF_RAW_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include "base/io.h"

typedef struct rf_raw RfRaw;

typedef struct {
	const char *name; // of the filter, for messages
	// Reads what comes before the first unit and fills the description below. GF_BUFFER_TOO_SMALL when it needs
	// more; other errors were logged.
	GF_Err (*header)(RfRaw *rf, const u8 *data, u32 size);
	// Sets the properties of the output PID.
	GF_Err (*configure)(RfRaw *rf);
	// Size of what comes before each unit; NULL when nothing does. Errors as for `header`.
	GF_Err (*mark)(const u8 *data, u32 size, u32 *mark_size);
	// Turns the order of the samples in a unit of audio around; NULL for video.
	void (*reverse)(const RfRaw *rf, u8 *data, u32 size);
} RfRawKind;

struct rf_raw {
	const RfRawKind *kind;
	void *options; // of the filter
	Bool copy;     // never refer into input packets

	// description
	u64 data_start, data_end; // of the units in the file; data_end 0: until the end of the file
	u32 unit_size;            // bytes of a unit
	u32 unit_duration;        // in `timescale`
	u32 sample_size;          // the last unit may be shorter by samples of so many bytes, 0: it may not
	u32 mark_size;            // usual size of what comes before a unit
	u32 timescale;
	u32 interlaced; // of each packet

	GF_FilterPid *ipid, *opid;
	char *path; // of the file, NULL when it has none
	u64 file_size; // 0 when unknown
	Bool described, configured, failed;

	u8 *head; // bytes of the input until the header, or the mark of a unit, is complete
	u32 head_size, head_alloc;
	Bool in_unit;    // the mark of the next unit is behind
	u64 position;    // in the file, of the next byte of input
	u64 number;      // of the next unit
	u32 packet_pos;  // bytes of the current input packet already used
	GF_FilterPacket *out; // unit being assembled
	u8 *out_data;
	u32 out_filled;
	double seek_start;
	Bool seeking;
	Bool started; // a first PLAY was seen

	Bool backward;
	IoReader *reader; // backward
	u64 nb_left;      // units to send, backward
};

void rf_raw_init(RfRaw *rf, const RfRawKind *kind, void *options, Bool copy);

// The functions of the register. The user data of the filter starts with its RfRaw.
GF_Err rf_raw_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove);
Bool rf_raw_process_event(GF_Filter *filter, const GF_FilterEvent *event);
GF_Err rf_raw_process(GF_Filter *filter);
void rf_raw_finalize(GF_Filter *filter);

// Units of the file, the last short one included; 0 when its size is unknown.
u64 rf_raw_nb_units(const RfRaw *rf);
// Property Duration in units of `timescale`, 0 when unknown.
u64 rf_raw_duration(const RfRaw *rf);
const char *rf_raw_extension(const RfRaw *rf); // of the input, "" when it has none

#endif
