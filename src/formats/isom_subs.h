// SPDX-License-Identifier: MIT
// Sub-samples (ISO/IEC 14496-12, 8.7.7).
#ifndef FORMATS_ISOM_SUBS_H
#define FORMATS_ISOM_SUBS_H

#include "formats/isom_box.h"

// A record: u32 flags of the box, u32 size, u32 codec parameters, u8 priority, u8 discardable.
#define ISOM_SUBS_RECORD 14

typedef struct {
	u32 sample; // number, dropped ones included
	u32 record; // first of `nb` records
	u32 nb;
} IsomSubsEntry;

typedef struct {
	IsomSubsEntry *entries; // by sample number
	u8 *records;
	u32 nb_entries, alloc_entries, nb_records, alloc_records;
	u32 hint; // entry after that of the last query
} IsomSubs;

void isom_subs_reset(IsomSubs *s);
// Reads a `subs` box about the `count` samples from `first` on.
GF_Err isom_subs_parse(IsomSubs *s, IsomBox *subs, u32 first, u32 count);
// Appends the records of a sample, if any.
void isom_subs_get(IsomSubs *s, u32 number, ByteWriter *records);

#endif
