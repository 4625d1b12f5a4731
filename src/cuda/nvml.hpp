// The management library, loaded when the program runs; everything is absent where it is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace nvfp4bench::cuda {

/// What the board says of itself at one moment.
struct BoardState {
  std::optional<unsigned> sm_clock_mhz;
  std::optional<unsigned> memory_clock_mhz;
  std::optional<double> power_w;
  std::optional<unsigned> temperature_c;
  /// Reasons for which the clock is held down (nvmlClocksEventReasons bits), idle left out; 0: none.
  std::optional<uint64_t> throttle_reasons;
};

/// "power cap, thermal": names of throttle bits; "" for 0.
std::string throttle_text(uint64_t reasons);

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
