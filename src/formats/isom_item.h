// SPDX-License-Identifier: MIT
// Image items (ISO/IEC 14496-12, 8.11; 23008-12), presented as tracks of one sample.
#ifndef FORMATS_ISOM_ITEM_H
#define FORMATS_ISOM_ITEM_H

#include "formats/isom_movie.h"

// Adds a track for each coded image of a root `meta` box whose handler is `pict`; other boxes are ignored.
// Derived images, metadata and auxiliary images other than alpha planes are left out.
GF_Err isom_items_parse(IsomMovie *m, IsomBox *meta);

#endif
