// SPDX-License-Identifier: MIT
// Sound played backward. A decoder makes a frame out of a packet and what it keeps of those before, so the packets, which
// come last to first, are decoded in blocks, each in its own order. The packets that a block begins with only prepare the
// decoder: they are the end of the block that follows.
#include "ffmpeg/ffdec.h"

static Bool is_block(const FfdecBackward *b)
{
	return b->nb == FFDEC_BLOCK || (b->ended && b->nb);
}

void ffdec_backward_reset(FfdecBackward *b)
{
	while (b->nb)
		gf_filter_pck_unref(b->packets[--b->nb]);
	b->ended = b->in_block = GF_FALSE;
}

// Packets of the input up to a block.
static void collect(FfdecBackward *b, GF_FilterPid *pid)
{
	GF_FilterPacket *packet;
	while (b->nb < FFDEC_BLOCK && (packet = gf_filter_pid_get_packet(pid))) {
		b->packets[b->nb] = packet;
		if (!gf_filter_pck_ref(&b->packets[b->nb]))
			b->nb++;
		gf_filter_pid_drop_packet(pid);
	}
	b->ended = b->nb < FFDEC_BLOCK && gf_filter_pid_is_eos(pid);
}

// What prepares this block is decoded again at the end of the next one; the rest is done with.
static void end_block(FfdecBackward *b)
{
	u32 nb_kept = b->ended ? 0 : FFDEC_WARM_UP;
	for (u32 i = 0; i + nb_kept < b->nb; i++)
		gf_filter_pck_unref(b->packets[i]);
	for (u32 i = 0; i < nb_kept; i++)
		b->packets[i] = b->packets[b->nb - nb_kept + i];
	b->nb = nb_kept;
	b->in_block = GF_FALSE;
}

GF_FilterPacket *ffdec_backward_take(FfdecBackward *b, GF_FilterPid *pid, Bool *warm_up, Bool *turns)
{
	if (b->in_block && !b->left) {
		*turns = !b->ended;
		end_block(b);
		return NULL;
	}
	if (!b->in_block) {
		collect(b, pid);
		if (!is_block(b))
			return NULL;
		b->in_block = GF_TRUE;
		b->left = b->nb;
	}
	b->left--;
	*warm_up = !b->ended && b->left >= b->nb - FFDEC_WARM_UP;
	return b->packets[b->left];
}
