// Times the CPU variants beside OpenBLAS sgemm on the published shapes, in one process, and prints Markdown.
// Build and run it with scripts/compare_cpu_peers.sh.
//
// Every round times each contender once, in turn, so that a slow moment of the machine hits all of them. Only
// ratios within a round count; clocks drift between rounds. sgemm computes both products on operands that
// were dequantised to fp32 beforehand, and does not fuse anything: less work than the variants do.
#include <algorithm>
#include <cblas.h>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <omp.h>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "kernels/cpu/ceiling.hpp"
#include "kernels/registry.hpp"
#include "model/work.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/isa_support.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench {
namespace {

constexpr int64_t kN = 4096;
constexpr int64_t kK = 7168;
constexpr int kWarmUpRounds = 1;

struct Matrix {
  Matrix(int64_t rows_, uint32_t seed) : rows(rows_) {
    codes.resize(static_cast<size_t>(rows * kK / 2));
    scales.resize(static_cast<size_t>(nvfp4::blocked_scale_bytes(rows, kK)));
    uint32_t state = seed;
    const auto next = [&state] { return (state = state * 1664525u + 1013904223u) >> 16; };
    // Magnitudes up to 1.5 and scales in [0.5, 1), like the published problems: nothing over- or underflows.
    for (auto& byte : codes) byte = static_cast<uint8_t>(next() & 0xBBu);
    for (auto& byte : scales) byte = static_cast<uint8_t>(0x30u + next() % 8);
  }

  MatrixView view() const { return {rows, kK, 1, codes.data(), scales.data()}; }

  int64_t rows;
  std::vector<uint8_t> codes, scales;
};

struct Group {
  explicit Group(int64_t m) : a(m, 1), b1(kN, 2), b2(kN, 3), c(static_cast<size_t>(m * kN)) {}
  Matrix a, b1, b2;
  std::vector<uint16_t> c;
};

struct Phases : kernels::PhaseSink {
  void end_phase(std::string_view) override {}
};

void dequantise(const MatrixView& from, float* to, int threads) {
#pragma omp parallel for schedule(static) num_threads(threads)
  for (int64_t r = 0; r < from.rows; ++r) {
    float pairs[256][2];
    for (unsigned byte = 0; byte < 256; ++byte) {
      pairs[byte][0] = nvfp4::e2m1_to_float(byte & 15u);
      pairs[byte][1] = nvfp4::e2m1_to_float(byte >> 4);
    }
    const uint8_t* codes = from.codes + r * kK / 2;
    for (int64_t block = 0; block < kK / kScaleBlock; ++block) {
      const float scale = nvfp4::ue4m3_to_float(from.scales[nvfp4::blocked_scale_offset(r, block, kK)]);
      float* out = to + r * kK + block * kScaleBlock;
      for (int64_t i = 0; i < kScaleBlock / 2; ++i) {
        const float* pair = pairs[codes[block * kScaleBlock / 2 + i]];
        out[2 * i] = scale * pair[0];
        out[2 * i + 1] = scale * pair[1];
      }
    }
  }
}

/// c = a b^T in fp32, row-major.
void sgemm(const float* a, const float* b, float* c, int64_t m) {
  const auto k = static_cast<blasint>(kK);
  const auto n = static_cast<blasint>(kN);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<blasint>(m), n, k, 1.0f, a, k, b, k, 0.0f,
              c, n);
}

struct Contender {
  std::string name;
  std::function<void()> run;
  double macs = 0;
  std::vector<double> seconds = {};
};

struct Spread {
  double median, low, high;
};

Spread spread(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values.front(), values.back()};
}

void compare(const std::string& title, const std::vector<int64_t>& ms, int threads, int rounds, Isa isa,
             const Peak& peak) {
  std::vector<Group> groups;
  for (int64_t m : ms) groups.emplace_back(m);
  const int64_t total_m = [&] {
    int64_t sum = 0;
    for (int64_t m : ms) sum += m;
    return sum;
  }();

  ProblemView dual{Op::dual_gemm_silu, OutputType::f16, {}};
  for (Group& g : groups) dual.groups.push_back({g.a.view(), g.b1.view(), g.b2.view(), 1, 1, g.c.data()});
  ProblemView single = dual;
  single.op = Op::gemm;

  kernels::Machine machine;
  machine.isa = isa;
  machine.threads = threads;
  Phases phases;
  kernels::RunContext context{phases};
  std::vector<std::unique_ptr<kernels::Kernel>> kernels;
  std::vector<Contender> contenders;
  const double macs = static_cast<double>(total_m * kN * kK);

  // One weight of the first group stands in for all of them: fp32 weights of eight groups would be 1.9 GB,
  // and 117 MB do not fit a cache either.
  std::vector<float> b(static_cast<size_t>(kN * kK)), a(static_cast<size_t>(total_m * kK));
  std::vector<float> c(static_cast<size_t>(*std::max_element(ms.begin(), ms.end()) * kN));
  const auto dequantise_all_a = [&] {
    float* to = a.data();
    for (Group& g : groups) {
      dequantise(g.a.view(), to, threads);
      to += g.a.rows * kK;
    }
  };
  const auto multiply_all = [&](bool from_nvfp4) {
    const float* from = a.data();
    for (Group& g : groups) {
      for (const Matrix* weight : {&g.b1, &g.b2}) {
        if (from_nvfp4) dequantise(weight->view(), b.data(), threads);
        sgemm(from, b.data(), c.data(), g.a.rows);
      }
      from += g.a.rows * kK;
    }
  };
  dequantise(groups[0].b1.view(), b.data(), threads);
  dequantise_all_a();

  contenders.push_back({"OpenBLAS sgemm", [&] { multiply_all(false); }, 2 * macs});
  contenders.push_back({"dequantise + sgemm",
                        [&] {
                          dequantise_all_a();
                          multiply_all(true);
                        },
                        2 * macs});
  for (const kernels::Variant* variant : kernels::variants()) {
    if (!variant->name.starts_with("cpu/")) continue;
    const bool is_dual = variant->op == Op::dual_gemm_silu;
    kernels.push_back(variant->bind(*variant, is_dual ? dual : single, machine));
    kernels::Kernel& kernel = *kernels.back();
    contenders.push_back({std::string(variant->name), [&kernel, &context] { kernel.run(context); },
                          is_dual ? 2 * macs : macs});
  }

  for (int round = -kWarmUpRounds; round < rounds; ++round) {
    for (Contender& contender : contenders) {
      const auto start = std::chrono::steady_clock::now();
      contender.run();
      const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
      if (round >= 0) contender.seconds.push_back(time.count());
    }
  }

  fmt::print("\n`{}`: M = {}, N = {}, K = {}; {} rounds.\n\n", title, fmt::join(ms, ", "), kN, kK, rounds);
  fmt::print(
      "| | median ms | fastest ms | GMAC/s | GB/s read | of read rate | x sgemm per MAC | x two_pass per MAC "
      "|\n");
  fmt::print("|---|---:|---:|---:|---:|---:|---:|---:|\n");
  const auto two_pass = std::find_if(contenders.begin(), contenders.end(),
                                     [](const Contender& x) { return x.name == "cpu/two_pass"; });
  const double row_bytes = kK / 2 + kK / kScaleBlock;
  for (const Contender& x : contenders) {
    // Ratios of rates, round by round.
    const auto against = [&](const Contender& base) {
      std::vector<double> ratios;
      for (size_t i = 0; i < x.seconds.size(); ++i) {
        ratios.push_back(x.macs / x.seconds[i] / (base.macs / base.seconds[i]));
      }
      const Spread s = spread(ratios);
      return fmt::format("{:.2f} ({:.2f} to {:.2f})", s.median, s.low, s.high);
    };
    const Spread time = spread(x.seconds);
    const bool packed = x.name.starts_with("cpu/");
    const double products = x.macs / macs;
    const double read = row_bytes * (static_cast<double>(total_m) +
                                     products * static_cast<double>(kN) * static_cast<double>(ms.size()));
    const double read_rate = read / time.median;
    fmt::print("| {} | {:.1f} | {:.1f} | {:.0f} | {} | {} | {} | {} |\n", x.name, 1e3 * time.median,
               1e3 * time.low, x.macs / time.median / 1e9,
               packed ? fmt::format("{:.1f}", read_rate / 1e9) : "",
               packed ? fmt::format("{:.0f} %", 100 * read_rate / peak.bytes_per_s) : "",
               against(contenders[0]), against(*two_pass));
  }
}

int main_with(int threads, int rounds) {
  const Isa isa = nvfp4::best_isa();
  const Peak peak = kernels::cpu::measure_ceiling(isa, threads);
  fmt::print(
      "{} threads, {}; measured ceilings {:.1f} GB/s and {:.0f} GMAC/s. Ratios are medians of those of\n"
      "each round, with their range.\n",
      threads, to_string(isa), peak.bytes_per_s / 1e9, peak.flops_per_s / 2e9);
  compare("g8_k7168", {80, 176, 128, 72, 64, 248, 96, 160}, threads, rounds, isa, peak);
  compare("decode_g8", {1, 2, 4, 8, 16, 3, 5, 12}, threads, rounds, isa, peak);
  return 0;
}

}  // namespace
}  // namespace nvfp4bench

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : omp_get_max_threads();
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
  if (threads < 1 || rounds < 1) {
    fmt::print(stderr, "usage: cpu_peers [threads [rounds]], both at least 1\n");
    return 2;
  }
  return nvfp4bench::main_with(threads, rounds);
}
