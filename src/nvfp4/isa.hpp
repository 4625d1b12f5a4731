// CPU instruction sets that the integer kernels are written for, and which of them this machine has.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nvfp4bench::nvfp4 {

enum class Isa { portable, avx2, avx512vnni };

constexpr std::string_view to_string(Isa isa) {
  switch (isa) {
    case Isa::portable:
      return "portable";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512vnni:
      return "avx512vnni";
  }
  return "?";
}

/// All of them, best last.
std::span<const Isa> all_isas();
std::optional<Isa> parse_isa(std::string_view name);
/// Empty if this CPU runs `isa`, else what it lacks.
std::string why_not(Isa isa);
Isa best_isa();

}  // namespace nvfp4bench::nvfp4
