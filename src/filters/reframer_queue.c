// SPDX-License-Identifier: MIT
#include <string.h>
#include "filters/reframer.h"

GF_Err rf_queue_push(RfQueue *q, const RfItem *item)
{
	if (q->nb == q->alloc) {
		u32 alloc = q->alloc ? q->alloc * 2 : 32;
		RfItem *items = alloc > q->alloc ? gf_realloc(q->items, alloc * sizeof(RfItem)) : NULL;
		if (!items)
			return GF_OUT_OF_MEM;
		q->items = items;
		q->alloc = alloc;
	}
	q->items[q->nb++] = *item;
	return GF_OK;
}

void rf_queue_drop(RfQueue *q, u32 nb)
{
	if (!nb)
		return;
	for (u32 i = 0; i < nb; i++)
		gf_filter_pck_unref(q->items[i].pck);
	q->nb -= nb;
	q->next = q->next > nb ? q->next - nb : 0;
	memmove(q->items, q->items + nb, q->nb * sizeof(RfItem));
}

void rf_queue_reset(RfQueue *q)
{
	rf_queue_drop(q, q->nb);
	gf_free(q->items);
	memset(q, 0, sizeof(*q));
}

RfItem *rf_queue_next(RfQueue *q)
{
	return q->next < q->nb ? &q->items[q->next] : NULL;
}
