// The work that a problem is, counted once for the whole tool: flops, compulsory bytes, speed of light.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "model/problem.hpp"

namespace nvfp4bench {

/// Compulsory work: every operand, scale and output element counted once. Scales count unpadded (one byte per
/// 16 values), which is how the published speed-of-light figures count them.
struct Work {
  int64_t flops = 0;         // 2 m n k l per product
  int64_t a_bytes = 0;       // codes and scales of a
  int64_t weight_bytes = 0;  // codes and scales of b1 (and b2)
  int64_t output_bytes = 0;

  int64_t bytes() const { return a_bytes + weight_bytes + output_bytes; }
};

Work count_work(const Problem& problem);

/// Every count of elements, bytes or flops that the tool derives from groups, padding and two products
/// included, is below the sum of these. With that below kMaxCounts none of them overflows.
double bound_of_counts(const Group& group);
inline constexpr double kMaxCounts = 0x1p62;
bool counts_fit(std::span<const Group> groups);

/// The same problem as the single product that two_pass calls twice and the published figures describe.
Problem as_single_gemm(Problem problem);

/// How a variant is built: what it does beyond the compulsory work.
struct Structure {
  int launches = 1;
  /// Times that a is streamed, as published or expanded.
  int passes_over_a = 1;
  /// acc1 and acc2 are written to memory as fp32 and read back.
  bool fp32_temporaries = false;
};

/// Bytes that a variant of this structure moves if caches keep nothing between passes.
int64_t traffic_bytes(const Problem& problem, const Structure& structure);

/// Host memory that running `problem` takes at most, every part of it alive at once: operands with their
/// scales padded as the blocked layout pads them and the output, both for the tool and for the processes that
/// kernels run in; what each of so many variants wrote first; the reference's int64 accumulators, the fp32
/// temporaries of two_pass, and a fixed allowance for kernels' tiles, threads and the program itself.
int64_t memory_needed_bytes(const Problem& problem, int64_t variants);

/// Datasheet or measured ceilings of a device.
struct Peak {
  std::string name;
  double bytes_per_s = 0;
  double flops_per_s = 0;
  std::string source;
};

/// max(bytes / rate, flops / rate), seconds.
double speed_of_light_s(const Work& work, const Peak& peak);
/// Which of the two terms that is; memory where they are equal.
bool bound_by_memory(const Work& work, const Peak& peak);

}  // namespace nvfp4bench
