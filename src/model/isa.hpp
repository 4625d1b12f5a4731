// CPU instruction sets that the integer kernels are written for.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace nvfp4bench {

enum class Isa { portable, avx2, avx512vnni };

/// All of them, best last.
inline constexpr std::array kIsas{Isa::portable, Isa::avx2, Isa::avx512vnni};

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

constexpr std::optional<Isa> parse_isa(std::string_view name) {
  for (const Isa isa : kIsas) {
    if (to_string(isa) == name) return isa;
  }
  return std::nullopt;
}

}  // namespace nvfp4bench
