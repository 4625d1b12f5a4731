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

/// Host memory that kernels and the host both see: how a measurement starts, and the device's own clock.
struct Gate {
  volatile uint32_t reached = 0;  // set by hold() once everything before it has finished
  volatile uint32_t open = 0;     // set by the host
  volatile uint64_t begin_ns = 0;
  volatile uint64_t end_ns = 0;
};

/// Holds the stream until the gate is open, for `limit_ns` at most, then notes begin_ns: what the host
/// enqueues meanwhile runs without gaps. Enqueues only.
void hold(Gate* gate, uint64_t limit_ns, CUstream_st* stream);

/// Notes end_ns. Enqueues only.
void stamp_end(Gate* gate, CUstream_st* stream);

/// Does nothing: what an empty launch costs is the floor of every timing.
void nothing(CUstream_st* stream);

}  // namespace nvfp4bench::kernels::probe
