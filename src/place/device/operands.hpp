// A problem's operands in the memory of a GPU, and copies of them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cuda/memory.hpp"
#include "cuda/stream.hpp"
#include "data/change.hpp"
#include "model/views.hpp"
#include "place/kernel_stage.hpp"

namespace nvfp4bench::place {

/// All operands lie in one allocation with bytes of 0xFF around each, which as a scale are NaN: a kernel that
/// reads past a matrix and uses what it finds there shows in its output.
class DeviceOperands {
 public:
  /// What the operands of `host` take.
  static int64_t bytes_for(const ProblemView& host);

  /// Brings them; `host` must outlive this.
  explicit DeviceOperands(const ProblemView& host);

  /// `problem`, whose operands are those of `host`, with these.
  ProblemView in(ProblemView problem) const;

  /// As Session::renew; the copies too.
  void renew(std::span<const data::Piece> pieces);

  /// Which operand is not what was brought; empty if all are. Then everything is brought again, since others may
  /// share it.
  std::string damage();

  /// So many copies, in the same way; `problem` is what their views are but for the operands.
  OperandCopies copy(int64_t count, const ProblemView& problem);
  int64_t bytes() const { return static_cast<int64_t>(buffer_.bytes()); }

 private:
  using Copies = std::vector<cuda::DeviceBuffer>;

  void bring();
  /// Of all operands, and of what lies between them.
  uint32_t hash(const cuda::DeviceBuffer& into);
  uint32_t read(const cuda::DeviceBuffer& hash) const;

  const ProblemView& host_;
  std::vector<int64_t> begins_;  // of arrays, in the allocation
  cuda::Stream stream_;
  cuda::DeviceBuffer buffer_;
  cuda::DeviceBuffer expected_hash_{sizeof(uint32_t)};
  cuda::DeviceBuffer found_hash_{sizeof(uint32_t)};
  cuda::DeviceBuffer words_;
  std::vector<data::Piece> renewed_;  // by the last call
  std::vector<std::weak_ptr<Copies>> copies_;
};

}  // namespace nvfp4bench::place
