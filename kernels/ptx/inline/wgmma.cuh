// kernels/ptx/wgmma.cuh in inline PTX.
#pragma once

#include "kernels/ptx/wgmma.cuh"

namespace nvfp4bench::ptx {

NVFP4BENCH_DEVICE void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

NVFP4BENCH_DEVICE void wgmma_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

template <int kPending>
NVFP4BENCH_DEVICE void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}

// Operand lists grow by four accumulators at a time: names %0 ... %(n-1), and their constraints.
#define NVFP4BENCH_NAMES_4 "%0, %1, %2, %3"
#define NVFP4BENCH_REGISTERS_4 "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
#define NVFP4BENCH_NAMES_8 NVFP4BENCH_NAMES_4 ", %4, %5, %6, %7"
#define NVFP4BENCH_REGISTERS_8 NVFP4BENCH_REGISTERS_4, "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7])
#define NVFP4BENCH_NAMES_12 NVFP4BENCH_NAMES_8 ", %8, %9, %10, %11"
#define NVFP4BENCH_REGISTERS_12 NVFP4BENCH_REGISTERS_8, "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11])
#define NVFP4BENCH_NAMES_16 NVFP4BENCH_NAMES_12 ", %12, %13, %14, %15"
#define NVFP4BENCH_REGISTERS_16 NVFP4BENCH_REGISTERS_12, "+f"(d[12]), "+f"(d[13]), "+f"(d[14]), "+f"(d[15])
#define NVFP4BENCH_NAMES_20 NVFP4BENCH_NAMES_16 ", %16, %17, %18, %19"
#define NVFP4BENCH_REGISTERS_20 NVFP4BENCH_REGISTERS_16, "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19])
#define NVFP4BENCH_NAMES_24 NVFP4BENCH_NAMES_20 ", %20, %21, %22, %23"
#define NVFP4BENCH_REGISTERS_24 NVFP4BENCH_REGISTERS_20, "+f"(d[20]), "+f"(d[21]), "+f"(d[22]), "+f"(d[23])
#define NVFP4BENCH_NAMES_28 NVFP4BENCH_NAMES_24 ", %24, %25, %26, %27"
#define NVFP4BENCH_REGISTERS_28 NVFP4BENCH_REGISTERS_24, "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27])
#define NVFP4BENCH_NAMES_32 NVFP4BENCH_NAMES_28 ", %28, %29, %30, %31"
#define NVFP4BENCH_REGISTERS_32 NVFP4BENCH_REGISTERS_28, "+f"(d[28]), "+f"(d[29]), "+f"(d[30]), "+f"(d[31])
#define NVFP4BENCH_NAMES_36 NVFP4BENCH_NAMES_32 ", %32, %33, %34, %35"
#define NVFP4BENCH_REGISTERS_36 NVFP4BENCH_REGISTERS_32, "+f"(d[32]), "+f"(d[33]), "+f"(d[34]), "+f"(d[35])
#define NVFP4BENCH_NAMES_40 NVFP4BENCH_NAMES_36 ", %36, %37, %38, %39"
#define NVFP4BENCH_REGISTERS_40 NVFP4BENCH_REGISTERS_36, "+f"(d[36]), "+f"(d[37]), "+f"(d[38]), "+f"(d[39])
#define NVFP4BENCH_NAMES_44 NVFP4BENCH_NAMES_40 ", %40, %41, %42, %43"
#define NVFP4BENCH_REGISTERS_44 NVFP4BENCH_REGISTERS_40, "+f"(d[40]), "+f"(d[41]), "+f"(d[42]), "+f"(d[43])
#define NVFP4BENCH_NAMES_48 NVFP4BENCH_NAMES_44 ", %44, %45, %46, %47"
#define NVFP4BENCH_REGISTERS_48 NVFP4BENCH_REGISTERS_44, "+f"(d[44]), "+f"(d[45]), "+f"(d[46]), "+f"(d[47])
#define NVFP4BENCH_NAMES_52 NVFP4BENCH_NAMES_48 ", %48, %49, %50, %51"
#define NVFP4BENCH_REGISTERS_52 NVFP4BENCH_REGISTERS_48, "+f"(d[48]), "+f"(d[49]), "+f"(d[50]), "+f"(d[51])
#define NVFP4BENCH_NAMES_56 NVFP4BENCH_NAMES_52 ", %52, %53, %54, %55"
#define NVFP4BENCH_REGISTERS_56 NVFP4BENCH_REGISTERS_52, "+f"(d[52]), "+f"(d[53]), "+f"(d[54]), "+f"(d[55])
#define NVFP4BENCH_NAMES_60 NVFP4BENCH_NAMES_56 ", %56, %57, %58, %59"
#define NVFP4BENCH_REGISTERS_60 NVFP4BENCH_REGISTERS_56, "+f"(d[56]), "+f"(d[57]), "+f"(d[58]), "+f"(d[59])
#define NVFP4BENCH_NAMES_64 NVFP4BENCH_NAMES_60 ", %60, %61, %62, %63"
#define NVFP4BENCH_REGISTERS_64 NVFP4BENCH_REGISTERS_60, "+f"(d[60]), "+f"(d[61]), "+f"(d[62]), "+f"(d[63])
#define NVFP4BENCH_NAMES_68 NVFP4BENCH_NAMES_64 ", %64, %65, %66, %67"
#define NVFP4BENCH_REGISTERS_68 NVFP4BENCH_REGISTERS_64, "+f"(d[64]), "+f"(d[65]), "+f"(d[66]), "+f"(d[67])
#define NVFP4BENCH_NAMES_72 NVFP4BENCH_NAMES_68 ", %68, %69, %70, %71"
#define NVFP4BENCH_REGISTERS_72 NVFP4BENCH_REGISTERS_68, "+f"(d[68]), "+f"(d[69]), "+f"(d[70]), "+f"(d[71])
#define NVFP4BENCH_NAMES_76 NVFP4BENCH_NAMES_72 ", %72, %73, %74, %75"
#define NVFP4BENCH_REGISTERS_76 NVFP4BENCH_REGISTERS_72, "+f"(d[72]), "+f"(d[73]), "+f"(d[74]), "+f"(d[75])
#define NVFP4BENCH_NAMES_80 NVFP4BENCH_NAMES_76 ", %76, %77, %78, %79"
#define NVFP4BENCH_REGISTERS_80 NVFP4BENCH_REGISTERS_76, "+f"(d[76]), "+f"(d[77]), "+f"(d[78]), "+f"(d[79])
#define NVFP4BENCH_NAMES_84 NVFP4BENCH_NAMES_80 ", %80, %81, %82, %83"
#define NVFP4BENCH_REGISTERS_84 NVFP4BENCH_REGISTERS_80, "+f"(d[80]), "+f"(d[81]), "+f"(d[82]), "+f"(d[83])
#define NVFP4BENCH_NAMES_88 NVFP4BENCH_NAMES_84 ", %84, %85, %86, %87"
#define NVFP4BENCH_REGISTERS_88 NVFP4BENCH_REGISTERS_84, "+f"(d[84]), "+f"(d[85]), "+f"(d[86]), "+f"(d[87])
#define NVFP4BENCH_NAMES_92 NVFP4BENCH_NAMES_88 ", %88, %89, %90, %91"
#define NVFP4BENCH_REGISTERS_92 NVFP4BENCH_REGISTERS_88, "+f"(d[88]), "+f"(d[89]), "+f"(d[90]), "+f"(d[91])
#define NVFP4BENCH_NAMES_96 NVFP4BENCH_NAMES_92 ", %92, %93, %94, %95"
#define NVFP4BENCH_REGISTERS_96 NVFP4BENCH_REGISTERS_92, "+f"(d[92]), "+f"(d[93]), "+f"(d[94]), "+f"(d[95])
#define NVFP4BENCH_NAMES_100 NVFP4BENCH_NAMES_96 ", %96, %97, %98, %99"
#define NVFP4BENCH_REGISTERS_100 NVFP4BENCH_REGISTERS_96, "+f"(d[96]), "+f"(d[97]), "+f"(d[98]), "+f"(d[99])
#define NVFP4BENCH_NAMES_104 NVFP4BENCH_NAMES_100 ", %100, %101, %102, %103"
#define NVFP4BENCH_REGISTERS_104 \
  NVFP4BENCH_REGISTERS_100, "+f"(d[100]), "+f"(d[101]), "+f"(d[102]), "+f"(d[103])
#define NVFP4BENCH_NAMES_108 NVFP4BENCH_NAMES_104 ", %104, %105, %106, %107"
#define NVFP4BENCH_REGISTERS_108 \
  NVFP4BENCH_REGISTERS_104, "+f"(d[104]), "+f"(d[105]), "+f"(d[106]), "+f"(d[107])
#define NVFP4BENCH_NAMES_112 NVFP4BENCH_NAMES_108 ", %108, %109, %110, %111"
#define NVFP4BENCH_REGISTERS_112 \
  NVFP4BENCH_REGISTERS_108, "+f"(d[108]), "+f"(d[109]), "+f"(d[110]), "+f"(d[111])
#define NVFP4BENCH_NAMES_116 NVFP4BENCH_NAMES_112 ", %112, %113, %114, %115"
#define NVFP4BENCH_REGISTERS_116 \
  NVFP4BENCH_REGISTERS_112, "+f"(d[112]), "+f"(d[113]), "+f"(d[114]), "+f"(d[115])
#define NVFP4BENCH_NAMES_120 NVFP4BENCH_NAMES_116 ", %116, %117, %118, %119"
#define NVFP4BENCH_REGISTERS_120 \
  NVFP4BENCH_REGISTERS_116, "+f"(d[116]), "+f"(d[117]), "+f"(d[118]), "+f"(d[119])
#define NVFP4BENCH_NAMES_124 NVFP4BENCH_NAMES_120 ", %120, %121, %122, %123"
#define NVFP4BENCH_REGISTERS_124 \
  NVFP4BENCH_REGISTERS_120, "+f"(d[120]), "+f"(d[121]), "+f"(d[122]), "+f"(d[123])
#define NVFP4BENCH_NAMES_128 NVFP4BENCH_NAMES_124 ", %124, %125, %126, %127"
#define NVFP4BENCH_REGISTERS_128 \
  NVFP4BENCH_REGISTERS_124, "+f"(d[124]), "+f"(d[125]), "+f"(d[126]), "+f"(d[127])

#define NVFP4BENCH_WGMMA_RS(n, count, a_names, b_name)                                               \
  template <>                                                                                        \
  NVFP4BENCH_DEVICE void wgmma_rs<n>(float(&d)[count], const uint32_t(&a)[4], uint64_t b) {          \
    asm volatile("wgmma.mma_async.sync.aligned.m64n" #n "k16.f32.f16.f16 {" NVFP4BENCH_NAMES_##count \
                 "}, {" a_names "}, " b_name ", 1, 1, 1, 0;"                                         \
                 : NVFP4BENCH_REGISTERS_##count                                                      \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));                              \
  }
NVFP4BENCH_WGMMA_RS(8, 4, "%4, %5, %6, %7", "%8")
NVFP4BENCH_WGMMA_RS(16, 8, "%8, %9, %10, %11", "%12")
NVFP4BENCH_WGMMA_RS(24, 12, "%12, %13, %14, %15", "%16")
NVFP4BENCH_WGMMA_RS(32, 16, "%16, %17, %18, %19", "%20")
NVFP4BENCH_WGMMA_RS(40, 20, "%20, %21, %22, %23", "%24")
NVFP4BENCH_WGMMA_RS(48, 24, "%24, %25, %26, %27", "%28")
NVFP4BENCH_WGMMA_RS(56, 28, "%28, %29, %30, %31", "%32")
NVFP4BENCH_WGMMA_RS(64, 32, "%32, %33, %34, %35", "%36")
NVFP4BENCH_WGMMA_RS(72, 36, "%36, %37, %38, %39", "%40")
NVFP4BENCH_WGMMA_RS(80, 40, "%40, %41, %42, %43", "%44")
NVFP4BENCH_WGMMA_RS(88, 44, "%44, %45, %46, %47", "%48")
NVFP4BENCH_WGMMA_RS(96, 48, "%48, %49, %50, %51", "%52")
NVFP4BENCH_WGMMA_RS(104, 52, "%52, %53, %54, %55", "%56")
NVFP4BENCH_WGMMA_RS(112, 56, "%56, %57, %58, %59", "%60")
NVFP4BENCH_WGMMA_RS(120, 60, "%60, %61, %62, %63", "%64")
NVFP4BENCH_WGMMA_RS(128, 64, "%64, %65, %66, %67", "%68")
NVFP4BENCH_WGMMA_RS(136, 68, "%68, %69, %70, %71", "%72")
NVFP4BENCH_WGMMA_RS(144, 72, "%72, %73, %74, %75", "%76")
NVFP4BENCH_WGMMA_RS(152, 76, "%76, %77, %78, %79", "%80")
NVFP4BENCH_WGMMA_RS(160, 80, "%80, %81, %82, %83", "%84")
NVFP4BENCH_WGMMA_RS(168, 84, "%84, %85, %86, %87", "%88")
NVFP4BENCH_WGMMA_RS(176, 88, "%88, %89, %90, %91", "%92")
NVFP4BENCH_WGMMA_RS(184, 92, "%92, %93, %94, %95", "%96")
NVFP4BENCH_WGMMA_RS(192, 96, "%96, %97, %98, %99", "%100")
NVFP4BENCH_WGMMA_RS(200, 100, "%100, %101, %102, %103", "%104")
NVFP4BENCH_WGMMA_RS(208, 104, "%104, %105, %106, %107", "%108")
NVFP4BENCH_WGMMA_RS(216, 108, "%108, %109, %110, %111", "%112")
NVFP4BENCH_WGMMA_RS(224, 112, "%112, %113, %114, %115", "%116")
NVFP4BENCH_WGMMA_RS(232, 116, "%116, %117, %118, %119", "%120")
NVFP4BENCH_WGMMA_RS(240, 120, "%120, %121, %122, %123", "%124")
NVFP4BENCH_WGMMA_RS(248, 124, "%124, %125, %126, %127", "%128")
NVFP4BENCH_WGMMA_RS(256, 128, "%128, %129, %130, %131", "%132")

#undef NVFP4BENCH_WGMMA_RS

}  // namespace nvfp4bench::ptx
