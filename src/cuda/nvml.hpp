// The management library, loaded when the program runs; everything is absent where it is.
#pragma once

#include <memory>

#include "model/board_state.hpp"

namespace nvfp4bench::cuda {

class Nvml {
 public:
  /// Never throws; without the library or the device every reading is empty.
  explicit Nvml(int cuda_ordinal);
  ~Nvml();

  BoardState read() const;

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace nvfp4bench::cuda
