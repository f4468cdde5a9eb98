// SPDX-License-Identifier: MIT
// Common encryption in ISO base media files (ISO/IEC 23001-7), and its PIFF ancestor.
#ifndef FORMATS_ISOM_CENC_H
#define FORMATS_ISOM_CENC_H

#include "formats/isom_box.h"
#include "formats/isom_table.h"

// Encryption of a track or of a sample group (`tenc`, `seig`).
typedef struct {
	Bool is_protected;
	u8 iv_size; // 0, 8 or 16
	u8 kid[16];
	u8 const_iv_size;
	u8 const_iv[16];
	u8 crypt_blocks, skip_blocks; // pattern, 0/0 when there is none
} IsomKey;

// `sinf` of a sample entry.
typedef struct {
	u32 format; // original sample entry type
	u32 scheme; // 0 when the entry is not protected
	u32 version;
	char *uri;
	Bool has_key;
	IsomKey key;
} IsomProtection;

// Sample auxiliary information of the samples of one fragment or table.
typedef struct {
	u32 first; // sample number, dropped ones included
	u32 count;
	Bool has_subsamples;
	Bool has_iv_size; // the box overrides the size of the track (PIFF)
	u8 iv_size;
	u32 size;
	u8 *data;        // owned
	u8 *record_size; // owned; of each sample when `saiz` gives them, NULL when the records tell
	u8 const_size;   // of each record when they are equal, 0 otherwise
} IsomSaiRun;

typedef struct {
	IsomSaiRun *runs;
	u32 nb_runs, alloc_runs;
	u32 box_type; // `senc`, or `PSEC` for the uuid box of PIFF; 0 when none was seen
	// position of the last query
	u32 run, sample, at;
} IsomSai;

void isom_sai_reset(IsomSai *sai);
// Removes the runs whose samples were all dropped from the table.
void isom_sai_drop(IsomSai *sai, u32 dropped);
// `senc` box, or `uuid` box of PIFF, about the samples from `first` on.
GF_Err isom_senc_parse(IsomSai *sai, IsomBox *box, u32 first, u32 count);
Bool isom_is_piff_senc(const IsomBox *box);
// Access to bytes of the file outside the box being parsed.
typedef struct {
	void *udta;
	// Reads up to `size` bytes; `*got` is less when the end of what is readable is reached.
	GF_Err (*read)(void *udta, u64 offset, void *dst, u32 size, u32 *got);
	// End of the readable bytes; `*complete` is set when there will never be more.
	u64 (*end)(void *udta, Bool *complete);
} IsomInput;

// The records where `saiz` and `saio` say (14496-12, 8.7.8 and 8.7.9). Offsets count from `base`.
GF_Err isom_saiz_parse(
	IsomSai *sai, IsomBox *saiz, IsomBox *saio, u64 base, u32 first, u32 count, const IsomInput *in);
// Auxiliary record of a sample: IV, then the table of sub-samples. GF_NOT_FOUND when there is none.
GF_Err isom_sai_get(IsomSai *sai, u32 number, u8 iv_size, const u8 **data, u32 *size, Bool *has_subsamples);

// Adapts a record with sub-samples to the removal of `len` clear bytes at `at` of its sample. False when
// these bytes are not all clear bytes of one sub-sample: they must then stay.
Bool isom_sai_cut(u8 *record, u32 size, u8 iv_size, u32 at, u32 len);

GF_Err isom_sinf_parse(IsomBox *sinf, IsomProtection *prot);
void isom_protection_reset(IsomProtection *prot);
// Payload of a `seig` sample group description.
GF_Err isom_seig_parse(const u8 *data, u32 size, IsomKey *key);

#endif
