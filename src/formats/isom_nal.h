// SPDX-License-Identifier: MIT
// Samples made of NAL units (ISO/IEC 14496-15): random access type, parameter sets carried in the samples.
#ifndef FORMATS_ISOM_NAL_H
#define FORMATS_ISOM_NAL_H

#include "formats/isom_stsd.h"
#include "formats/nal.h"
#include "formats/nal_sets.h"

typedef struct {
	NalCodec codec;
	u8 length_size;  // 0: the samples have no NAL units
	IsomData config; // record in force
	ConfigNal *sets; // its parameter sets, pointing into `config`
	u32 nb_sets;
} IsomNal;

typedef struct {
	u8 sap;        // of the first picture: 0, 1 or 3
	Bool may_lead; // 1, or 2 when leading pictures follow: the next sample is composed before
	u32 nb_sets;   // parameter sets in the sample
	u32 set_bytes; // their size, length fields included
	Bool new_set;  // one of them is not in the record
} IsomNalInfo;

// For samples of an entry; `length_size` is 0 after, when they have no NAL units.
GF_Err isom_nal_open(IsomNal *n, const IsomEntry *entry);
void isom_nal_close(IsomNal *n);
// What a sample holds. Units that do not fit end the scan; the sample must then not be changed and nb_sets is
// 0.
void isom_nal_scan(const IsomNal *n, const u8 *data, u32 size, IsomNalInfo *info);
// Next parameter set of a sample that was scanned: its offset and size, length field included.
Bool isom_nal_next_set(const IsomNal *n, NalIter *it, u32 *at, u32 *size);
// Copies a sample without its parameter sets, to `size - set_bytes` bytes.
void isom_nal_strip(const IsomNal *n, const u8 *data, u32 size, u8 *dst);
// Puts the parameter sets of a sample into the record, in the place of those of the same ID.
GF_Err isom_nal_update(IsomNal *n, const u8 *data, u32 size);

#endif
