// SPDX-License-Identifier: MIT
#include <string.h>
#include "base/array.h"
#include "filters/reframer.h"

GF_Err rf_queue_push(RfQueue *q, const RfItem *item)
{
	if (array_reserve(&q->items, &q->alloc, q->nb, 1, sizeof(*q->items)))
		return GF_OUT_OF_MEM;
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
