// SPDX-License-Identifier: MIT
// Runs a fuzz target without a fuzzing engine: replay NAME [FILE…] feeds each file, mutations of it, and random
// bytes, all from a fixed seed. What a fuzzer found becomes a test by being given here.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t rng = 0x9E3779B97F4A7C15ULL;

static uint32_t next_random(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng >> 32);
}

// The target gets an exact allocation, so that a read past the end is seen by the sanitizers.
static void feed(const uint8_t *data, size_t size)
{
	uint8_t *copy = calloc(1, size ? size : 1);
	if (!copy)
		return;
	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void feed_mutations(uint8_t *data, size_t size, unsigned count)
{
	for (unsigned i = 0; i < count && size; i++) {
		uint8_t saved[8];
		size_t at[8];
		unsigned nb = 1 + next_random() % 8;
		for (unsigned j = 0; j < nb; j++) {
			at[j] = next_random() % size;
			saved[j] = data[at[j]];
			data[at[j]] = (uint8_t)next_random();
		}
		feed(data, next_random() % 4 ? size : next_random() % size);
		for (unsigned j = nb; j > 0; j--)
			data[at[j - 1]] = saved[j - 1];
	}
}

static int feed_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return -1;
	static uint8_t data[1 << 18];
	size_t size = fread(data, 1, sizeof(data), f);
	fclose(f);
	feed(data, size);
	feed_mutations(data, size, 200);
	return 0;
}

int main(int argc, char **argv)
{
	uint8_t data[512];
	feed(NULL, 0);
	for (unsigned i = 0; i < 2000; i++) {
		size_t size = next_random() % sizeof(data);
		for (size_t j = 0; j < size; j++)
			data[j] = next_random() % 3 ? (uint8_t)next_random() : 0;
		feed(data, size);
	}
	for (int i = 1; i < argc; i++) {
		if (feed_file(argv[i]))
			fprintf(stderr, "cannot read %s\n", argv[i]);
	}
	return 0;
}
