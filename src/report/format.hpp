// Numbers as people read them: significant digits and a unit, never an exponent. GB means 10^9 bytes.
#pragma once

#include <string>
#include <string_view>

#include "model/summary.hpp"

namespace nvfp4bench::report {

/// What an absent value looks like in a table.
inline constexpr std::string_view kAbsent = "–";

/// NaN has no sign to speak of.
inline constexpr std::string_view kNan = "NaN";

/// One unit of a family; `scale` base units (seconds, bytes, FLOP/s, ...) make one of it.
struct ScaledUnit {
  std::string_view name;
  double scale = 1;
};

/// The largest unit in which `value` is at least 1 (0.9995, so that rounding never shows 1000 of a unit).
ScaledUnit time_unit(double seconds);
ScaledUnit byte_unit(double bytes);
ScaledUnit flop_unit(double flops);
ScaledUnit byte_rate_unit(double bytes_per_s);
ScaledUnit flop_rate_unit(double flops_per_s);

/// Decimals that give `value` at least `digits` significant digits; 0 for 1000 and above.
int decimals(double value, int digits);
/// `value` with `digits` significant digits and no exponent: 0.451, 45.1, 4512. "inf", "-inf" and "NaN".
std::string significant(double value, int digits = 3);

/// "451 ms", "33.6 MB", "120 GFLOP", "12.9 GB/s", "6.90 PFLOP/s".
std::string human_seconds(double seconds);
std::string human_bytes(double bytes);
std::string human_flops(double flops);
std::string human_byte_rate(double bytes_per_s);
std::string human_flop_rate(double flops_per_s);
/// "1.98 GHz", "1.07x", "12": whatever the unit is.
std::string human(double value, Unit unit);

/// "1 group", "8 groups".
std::string count(long long n, std::string_view noun);

}  // namespace nvfp4bench::report
