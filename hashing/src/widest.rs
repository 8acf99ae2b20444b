//! The same code, compiled for wider registers where the processor has them.

/// Makes a function that runs with AVX2 and BMI where this processor has them. Whole numbers come out the same either way;
/// floats do too, as none of these brings fused operations. What it calls must be inlined into it, or it stays as narrow
/// as it was.
macro_rules! widest {
    ($(#[$about:meta])* $visible:vis fn $name:ident($($given:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$about])*
        $visible fn $name($($given: $type),*) $(-> $result)? {
            #[inline(always)]
            #[allow(clippy::inline_always)]
            fn narrow($($given: $type),*) $(-> $result)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,bmi1,bmi2")]
            fn wide($($given: $type),*) $(-> $result)? {
                narrow($($given),*)
            }

            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2") {
                // SAFETY: the processor has all that the function is compiled for.
                #[allow(unsafe_code)]
                return unsafe { wide($($given),*) };
            }
            narrow($($given),*)
        }
    };
}

pub(crate) use widest;
