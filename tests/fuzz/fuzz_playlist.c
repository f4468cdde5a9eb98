// SPDX-License-Identifier: MIT
// Playlists on arbitrary bytes: recognition, lines, and the chain of each entry.
#include "formats/playlist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Playlist list = {0};
	playlist_probe(data, (u32)size);
	if (playlist_parse(data, (u32)size, &list))
		return 0;
	for (u32 i = 0; i < list.nb_entries; i++) {
		PlaylistChain *chains;
		u32 nb;
		if (!playlist_same_entry(&list.entries[i], &list.entries[i]))
			__builtin_trap();
		if (!playlist_split(list.entries[i].source, &chains, &nb))
			playlist_chains_del(chains, nb);
	}
	playlist_reset(&list);
	return 0;
}
