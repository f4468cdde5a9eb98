// SPDX-License-Identifier: MIT
// Colour description code points of ISO/IEC 23091-2 (CICP).
#include <string.h>
#include <strings.h>

#include <gpac/constants.h>
#include <gpac/log.h>
#include <gpac/numbers.h>

typedef struct {
	u32 code;
	const char *name;
} Code;

// 8.1
static const Code primaries[] = {
	{0, "reserved0"},
	{1, "BT709"},
	{2, "undef"},
	{3, "reserved3"},
	{4, "BT470M"},
	{5, "BT470G"},
	{6, "SMPTE170"},
	{7, "SMPTE240"},
	{8, "FILM"},
	{9, "BT2020"},
	{10, "SMPTE428"},
	{11, "SMPTE431"},
	{12, "SMPTE432"},
	{22, "EBU3213"},
};

// 8.2
static const Code transfers[] = {
	{0, "reserved0"},
	{1, "BT709"},
	{2, "undef"},
	{3, "reserved3"},
	{4, "BT470M"},
	{5, "BT470BG"},
	{6, "SMPTE170"},
	{7, "SMPTE249"},
	{7, "SMPTE240"}, // the standard's own name; the one before is established
	{8, "Linear"},
	{9, "Log100"},
	{10, "Log316"},
	{11, "IEC61966"},
	{12, "BT1361"},
	{13, "sRGB"},
	{14, "BT2020_10"},
	{15, "BT2020_12"},
	{16, "SMPTE2084"},
	{17, "SMPTE428"},
	{18, "STDB67"},
};

// 8.3
static const Code matrices[] = {
	{0, "GBR"},
	{1, "BT709"},
	{2, "undef"},
	{4, "FCC"},
	{5, "BT601"},
	{6, "SMPTE170"},
	{7, "SMPTE240"},
	{8, "YCgCo"},
	{9, "BT2020"},
	{10, "BT2020cl"},
	{11, "YDzDx"},
};

#define NB(table) (sizeof(table) / sizeof((table)[0]))
#define NO_CODE 0xFFFFFFFF

static const char *name_of(const Code *table, size_t nb, u32 code)
{
	for (size_t i = 0; i < nb; i++)
		if (table[i].code == code)
			return table[i].name;
	return "unknown";
}

// A code by its name in any case, or by its number without leading zero when the table has it.
static u32 parse(const Code *table, size_t nb, const char *what, const char *text)
{
	if (text && !strcmp(text, "-1"))
		return NO_CODE;
	u32 number;
	Bool is_number = text && gf_strict_atoui(text, &number) && (text[0] != '0' || !text[1]);
	for (size_t i = 0; text && i < nb; i++)
		if (!strcasecmp(table[i].name, text) || (is_number && table[i].code == number))
			return table[i].code;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CORE, ("[core] unknown %s \"%s\"\n", what, text ? text : ""));
	return NO_CODE;
}

u32 gf_cicp_parse_color_primaries(const char *val)
{
	return parse(primaries, NB(primaries), "colour primaries", val);
}

const char *gf_cicp_color_primaries_name(u32 cicp_prim)
{
	return name_of(primaries, NB(primaries), cicp_prim);
}

const char *gf_cicp_color_primaries_all_names(void)
{
	return "reserved0,BT709,undef,reserved3,BT470M,BT470G,SMPTE170,SMPTE240,FILM,BT2020,SMPTE428,"
		   "SMPTE431,SMPTE432,EBU3213";
}

u32 gf_cicp_parse_color_transfer(const char *val)
{
	return parse(transfers, NB(transfers), "transfer characteristics", val);
}

const char *gf_cicp_color_transfer_name(u32 cicp_trans)
{
	return name_of(transfers, NB(transfers), cicp_trans);
}

const char *gf_cicp_color_transfer_all_names(void)
{
	return "reserved0,BT709,undef,reserved3,BT470M,BT470BG,SMPTE170,SMPTE249,Linear,Log100,Log316,"
		   "IEC61966,BT1361,sRGB,BT2020_10,BT2020_12,SMPTE2084,SMPTE428,STDB67";
}

u32 gf_cicp_parse_color_matrix(const char *val)
{
	return parse(matrices, NB(matrices), "matrix coefficients", val);
}

const char *gf_cicp_color_matrix_name(u32 cicp_mx)
{
	return name_of(matrices, NB(matrices), cicp_mx);
}

const char *gf_cicp_color_matrix_all_names(void)
{
	return "GBR,BT709,undef,FCC,BT601,SMPTE170,SMPTE240,YCgCo,BT2020,BT2020cl,YDzDx";
}
