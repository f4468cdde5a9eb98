// SPDX-License-Identifier: MIT
// The structures of the DLPack C interface, versions 0 and 1, as far as memory of the CPU needs them:
// https://dmlc.github.io/dlpack/latest/c_api.html
#ifndef NATIVE_DLPACK_H
#define NATIVE_DLPACK_H

#include <stdint.h>

enum { DL_CPU = 1 };
enum { DL_INT = 0, DL_UINT = 1, DL_FLOAT = 2 };
enum { DL_READ_ONLY = 1, DL_IS_COPIED = 2 };

typedef struct {
	int32_t device_type, device_id;
} DLDevice;

typedef struct {
	uint8_t code, bits;
	uint16_t lanes;
} DLDataType;

typedef struct {
	void *data;
	DLDevice device;
	int32_t ndim;
	DLDataType dtype;
	int64_t *shape, *strides; // in elements
	uint64_t byte_offset;
} DLTensor;

// Capsules named "dltensor".
typedef struct dl_managed_tensor {
	DLTensor tensor;
	void *manager_ctx;
	void (*deleter)(struct dl_managed_tensor *self);
} DLManagedTensor;

typedef struct {
	uint32_t major, minor;
} DLPackVersion;

// Capsules named "dltensor_versioned".
typedef struct dl_managed_tensor_versioned {
	DLPackVersion version;
	void *manager_ctx;
	void (*deleter)(struct dl_managed_tensor_versioned *self);
	uint64_t flags;
	DLTensor tensor;
} DLManagedTensorVersioned;

#endif
