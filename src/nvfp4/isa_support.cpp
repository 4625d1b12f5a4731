#include "nvfp4/isa_support.hpp"

#include <string_view>

namespace nvfp4bench::nvfp4 {

std::string why_not(Isa isa) {
  if (isa == Isa::portable) return "";
#ifdef __x86_64__
  __builtin_cpu_init();
  std::string missing;
  const auto need = [&missing](bool has, std::string_view feature) {
    if (has) return;
    missing += missing.empty() ? "this CPU lacks " : ", ";
    missing += feature;
  };
  need(__builtin_cpu_supports("avx2"), "AVX2");  // and with it F16C, which not every compiler can ask for
  need(__builtin_cpu_supports("fma"), "FMA");
  if (isa == Isa::avx512vnni) {
    need(__builtin_cpu_supports("avx512f"), "AVX512F");
    need(__builtin_cpu_supports("avx512bw"), "AVX512BW");
    need(__builtin_cpu_supports("avx512dq"), "AVX512DQ");
    need(__builtin_cpu_supports("avx512vl"), "AVX512VL");
    need(__builtin_cpu_supports("avx512vnni"), "AVX512VNNI");
  }
  return missing;
#else
  return "this is not an x86-64 CPU";
#endif
}

Isa best_isa() {
  Isa best = Isa::portable;
  for (Isa isa : kIsas) {
    if (why_not(isa).empty()) best = isa;
  }
  return best;
}

}  // namespace nvfp4bench::nvfp4
