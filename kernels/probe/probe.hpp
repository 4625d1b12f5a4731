// Kernels that measure the device rather than compute anything. They run on every GPU that the build's PTX
// can be compiled for.
#pragma once

#include <cstddef>
#include <cstdint>

struct CUstream_st;

namespace nvfp4bench::kernels::probe {

/// Reads `bytes` (a multiple of 16) once, with loads that allocate in L2. Enqueues only. Fills the L2 with
/// clean lines of that memory, and times the DRAM read rate on a range far larger than the L2. `sink` is 4
/// bytes that are never written unless the data hash to 0.
void read_memory(const void* data, std::size_t bytes, uint32_t* sink, int sm_count, CUstream_st* stream);

/// Stores the device's nanosecond clock at *at. Enqueues only.
void stamp_time(uint64_t* at, CUstream_st* stream);

/// Does nothing: what an empty launch costs is the floor of every timing.
void nothing(CUstream_st* stream);

}  // namespace nvfp4bench::kernels::probe
