// Operands in memory that kernels in other processes can read, and nothing else: what they write to, and what
// lies past an array, is not there.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "data/shared_memory.hpp"
#include "model/views.hpp"

namespace nvfp4bench::data {

/// A copy of the operands of `view`. Arrays are 64-byte aligned, and what was rounded up comes before them,
/// so that each ends within 64 bytes of guard space. Problems of very many groups have guard space around all
/// of their operands only: a process cannot have so many mappings.
struct SharedOperands {
  SharedMemory memory;
  ProblemView view;  // of the copy, which may be written here
};
SharedOperands share_operands(const ProblemView& problem);

/// The same memory in another process.
class MappedOperands {
 public:
  /// Points the operands of `view`, whose sizes are those of the view that was shared, at it.
  MappedOperands(int file, ProblemView& view);

  /// What an access of `address` was, in words that fit `room`: "wrote to its operands: the codes of b1 of
  /// group 0", "read 64 bytes past the end of ..."; empty where it has nothing to do with operands. For signal
  /// handlers: allocates nothing.
  std::string_view explain(const void* address, bool write, std::span<char> room) const;

 private:
  struct Array {
    const uint8_t* begin;
    const uint8_t* end;
    std::size_t group;
    const char* what;
  };

  Mapping mapping_;
  std::vector<Array> arrays_;  // by address
};

}  // namespace nvfp4bench::data
