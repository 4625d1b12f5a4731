#include "report/format.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

namespace nvfp4bench::report {
namespace {

constexpr std::array<ScaledUnit, 4> kTime{{{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}}};
constexpr std::array<ScaledUnit, 5> kBytes{{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}}};
constexpr std::array<ScaledUnit, 6> kFlops{
    {{"PFLOP", 1e15}, {"TFLOP", 1e12}, {"GFLOP", 1e9}, {"MFLOP", 1e6}, {"kFLOP", 1e3}, {"FLOP", 1}}};
constexpr std::array<ScaledUnit, 4> kByteRate{{{"TB/s", 1e12}, {"GB/s", 1e9}, {"MB/s", 1e6}, {"kB/s", 1e3}}};
constexpr std::array<ScaledUnit, 4> kFlopRate{
    {{"PFLOP/s", 1e15}, {"TFLOP/s", 1e12}, {"GFLOP/s", 1e9}, {"MFLOP/s", 1e6}}};

constexpr std::array<ScaledUnit, 4> kFrequency{{{"GHz", 1e9}, {"MHz", 1e6}, {"kHz", 1e3}, {"Hz", 1}}};

ScaledUnit pick(double value, std::span<const ScaledUnit> units) {
  for (const ScaledUnit& unit : units) {
    if (value >= 0.9995 * unit.scale) return unit;
  }
  return units.back();
}

std::string with_unit(double value, ScaledUnit unit) {
  if (value == 0) return fmt::format("0 {}", unit.name);
  return fmt::format("{} {}", significant(value / unit.scale), unit.name);
}

}  // namespace

ScaledUnit time_unit(double seconds) { return pick(seconds, kTime); }
ScaledUnit byte_unit(double bytes) { return pick(bytes, kBytes); }
ScaledUnit flop_unit(double flops) { return pick(flops, kFlops); }
ScaledUnit byte_rate_unit(double bytes_per_s) { return pick(bytes_per_s, kByteRate); }
ScaledUnit flop_rate_unit(double flops_per_s) { return pick(flops_per_s, kFlopRate); }

int decimals(double value, int digits) {
  if (!std::isfinite(value) || value == 0) return 0;
  const int before_point = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  const int needed = std::max(0, digits - before_point);
  // 9.999 rounds up to 10.00: one digit more than asked for.
  const double rounded = std::round(std::abs(value) * std::pow(10.0, needed));
  return needed > 0 && rounded >= std::pow(10.0, digits) ? needed - 1 : needed;
}

std::string significant(double value, int digits) {
  if (std::isnan(value)) return std::string(kNan);
  return fmt::format("{:.{}f}", value, decimals(value, digits));
}

std::string human_seconds(double seconds) { return with_unit(seconds, time_unit(seconds)); }
std::string human_bytes(double bytes) {
  const ScaledUnit unit = byte_unit(bytes);
  return unit.scale == 1 ? fmt::format("{:.0f} B", bytes) : with_unit(bytes, unit);
}
std::string human_flops(double flops) {
  const ScaledUnit unit = flop_unit(flops);
  return unit.scale == 1 ? fmt::format("{:.0f} FLOP", flops) : with_unit(flops, unit);
}
std::string human_byte_rate(double bytes_per_s) {
  return with_unit(bytes_per_s, byte_rate_unit(bytes_per_s));
}
std::string human_flop_rate(double flops_per_s) {
  return with_unit(flops_per_s, flop_rate_unit(flops_per_s));
}

std::string human(double value, Unit unit) {
  switch (unit) {
    case Unit::seconds:
      return human_seconds(value);
    case Unit::hertz:
      return with_unit(value, pick(value, kFrequency));
    case Unit::bytes:
      return human_bytes(value);
    case Unit::bytes_per_s:
      return human_byte_rate(value);
    case Unit::flops_per_s:
      return human_flop_rate(value);
    case Unit::ratio:
      return significant(value) + "x";
    case Unit::count:
      return fmt::format("{:.0f}", value);
  }
  return significant(value);
}

std::string count(long long n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

}  // namespace nvfp4bench::report
