"""The checks of 03_reparameterization, a function for each exercise."""

import keras
import numpy as np
import tensorflow as tf

from vaelib.checks import call, check_close, check_pair, check_shape, check_true, check_weights
from vaelib.checks.oracles import dense_forward, identity, random_weights, relu, sigmoid


def check_reparameterize(reparameterize):
    """two codes of three dimensions, variances above and below 1, noise of both signs"""
    name = "reparameterize"
    z_mean = np.array([[0.5, -1, 2], [0, 1.5, -0.5]], dtype="float32")
    z_log_var = np.array([[-1, 0.6, 2], [1, -2, 0.4]], dtype="float32")
    eps = np.array([[1, -0.5, 0.8], [-1.2, 2, 0.3]], dtype="float32")
    check_close(
        name,
        call(name, reparameterize, z_mean, z_log_var, eps),
        [[1.106531, -1.674929, 4.174625], [-1.978466, 2.235759, -0.133579]],
        mistakes={
            "the variance is used as the deviation": [
                *([0.867879, -1.911059, 7.911245], [-3.261938, 1.770671, -0.052453])
            ],
            "the factor ½ is applied twice": [
                *([1.278801, -1.580917, 3.318977], [-1.540831, 2.713061, -0.168449])
            ],
            "z_log_var is used as the deviation": [[-0.5, -1.3, 3.6], [-1.2, -2.5, -0.38]],
            "half of z_log_var is used as the deviation": [*([0, -1.15, 2.8], [-0.6, -0.5, -0.44])],
            "eps is subtracted": [
                *([-0.106531, -0.325071, -0.174625], [1.978466, 0.764241, -0.866421])
            ],
            "eps is not used": [[1.106531, 0.349859, 4.718282], [1.648721, 1.867879, 0.721403]],
            "eps is not used, and z is its mean": [[0.5, -1, 2], [0, 1.5, -0.5]],
            "eps is not multiplied by the deviation": [[1.5, -1.5, 2.8], [-1.2, 3.5, -0.2]],
            "eps is divided by the deviation": [
                *([2.148721, -1.370409, 2.294304], [-0.727837, 6.936564, -0.254381])
            ],
            "exp(z_log_var) / 2 stands for exp(z_log_var / 2)": [
                *([0.68394, -1.45553, 4.955622], [-1.630969, 1.635335, -0.276226])
            ],
            "z_mean is not added": [
                *([0.606531, -0.674929, 2.174625], [-1.978466, 0.735759, 0.366421])
            ],
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, d, low, high, case in (
        (1, 1, -1, 1, "one code of one number"),
        (5, 20, -1, 1, "more dimensions"),
        (4, 2, -30, -16, "very narrow posteriors"),
        (4, 2, 16, 30, "very wide posteriors"),
    ):
        z_mean, eps = rng.normal(size=(2, n, d)).astype("float32")
        z_log_var = rng.uniform(low, high, size=(n, d)).astype("float32")
        atol = 1e-5
        if high < -1:  # a mean other than 0 would hide so small a deviation
            z_mean, atol = 0 * z_mean, 0
        variance = np.exp(z_log_var.astype(float))
        got = call(name, reparameterize, z_mean, z_log_var, eps, case=case)
        expected = z_mean + np.sqrt(variance) * eps
        check_close(name, got, expected, rtol=1e-4, atol=atol, case=case)
    # END HIDDEN TESTS


def check_score_function_gradient(score_function_gradient):
    """three samples, both gradients, f positive and negative, σ below 1"""
    name = "score_function_gradient"
    f_z, z = np.array([2, -1, 0.5]), np.array([1.5, -0.4, 0.2])
    for_mean, for_log_std = check_pair(name, call(name, score_function_gradient, f_z, z, 0.3, -0.5))
    check_close(
        name,
        for_mean,
        [6.523876, 1.902797, -0.135914],
        what="gradient for mean",
        mistakes={
            "the sign of the score is wrong": [-6.523876, -1.902797, 0.135914],
            "the distance is divided by σ instead of σ²": [3.956931, 1.154105, -0.082436],
            "the distance is not divided by σ²": [2.4, 0.7, -0.05],
            "the distance is divided by σ⁴": [17.733735, 5.172339, -0.369453],
            "a factor ½ is left over from the square": [3.261938, 0.951399, -0.067957],
            "log_std is used as the deviation": [9.6, 2.8, -0.2],
            "the factor f(z) is missing": [3.261938, -1.902797, -0.271828],
            "f is multiplied by log q instead of its derivative": [-2.914326, 0.165979, 0.243204],
            "the mean is not subtracted from z": [8.154845, 1.087313, 0.271828],
            "the two gradients are in the wrong order": [5.828652, -0.331958, -0.486409],
            "the draws are averaged": 2.763587,
            "the draws are summed": 8.29076,
        },
    )
    check_close(
        name,
        for_log_std,
        [5.828652, -0.331958, -0.486409],
        what="gradient for log_std",
        mistakes={
            "the sign of the score is wrong": [-5.828652, 0.331958, 0.486409],
            "it is the gradient for the deviation instead of its logarithm": [
                *[9.609822, -0.547306, -0.801952]
            ],
            "it is the gradient for the logarithm of the variance": [
                *[2.914326, -0.165979, -0.243204]
            ],
            "the term −1 is missing": [7.828652, -1.331958, 0.013591],
            "the term −1 is −1/σ, the derivative with respect to σ": [
                *[4.531209, 0.316763, -0.810769]
            ],
            "the sign of the squared distance is wrong": [-9.828652, 2.331958, -0.513591],
            "the factor ½ on the squared distance is missing": [13.657303, -1.663916, -0.472817],
            "the sign of the term 1 is wrong": [9.828652, -2.331958, 0.513591],
            "the factor 2 is missing on the squared distance": [1.914326, 0.334021, -0.493204],
            "the distance is not squared": [1.956931, 2.154105, -0.582436],
            "the squared distance is divided by σ instead of σ²": [
                *[2.748317, 0.192127, -0.491756]
            ],
            "the squared distance is divided by σ⁴": [19.280482, -2.620637, -0.463055],
            "log_std is used as the deviation": [9.52, -0.96, -0.48],
            "the factor f(z) is missing": [2.914326, 0.331958, -0.972817],
            "the mean is not subtracted from z": [10.232268, 0.565075, -0.445634],
            "the draws are averaged": 1.670095,
            "the draws are summed": 5.010285,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, mean, log_std, case in (
        (9, 0.7, -1.2, "a narrow q"),
        (9, 0.7, -1.2, "the same q, other draws"),
        (9, -1.5, 0.8, "a wide q"),
        (6, 0.0, -15.0, "a very narrow q"),
        (6, 0.0, 15.0, "a very wide q"),
        (1, 0.4, 0.3, "one draw"),
    ):
        eps, std = rng.permutation(np.linspace(-2.1, 1.9, n)), np.exp(log_std)
        f_z = rng.uniform(1, 3, size=n) * rng.choice([-1, 1], size=n)
        z = mean + std * eps
        got = call(name, score_function_gradient, f_z, z, mean, log_std, case=case)
        for_mean, for_log_std = check_pair(name, got, case=case)
        for got, right, of in (
            (for_mean, f_z * eps / std, "mean"),
            (for_log_std, f_z * (eps**2 - 1), "log_std"),
        ):
            what = f"gradient for {of}"
            check_close(name, got, right, rtol=1e-3, atol=0, what=what, case=case)
    # END HIDDEN TESTS


def check_pathwise_gradient(pathwise_gradient):
    """three samples, both gradients, slopes and noise of both signs, σ below 1"""
    name = "pathwise_gradient"
    df_dz, eps = np.array([2, -1, 0.5]), np.array([1.5, -0.4, 0.2])
    for_mean, for_log_std = check_pair(name, call(name, pathwise_gradient, df_dz, eps, -0.5))
    check_close(
        name,
        for_mean,
        [2, -1, 0.5],
        what="gradient for mean",
        mistakes={
            "the factor eps is there, which belongs to log_std alone": [3, 0.4, 0.1],
            "the deviation is there, which belongs to log_std alone": [
                *[1.213061, -0.606531, 0.303265]
            ],
            "the two gradients are in the wrong order": [1.819592, 0.242612, 0.060653],
            "the derivative of z is returned without that of f": [1, 1, 1],
            "the draws are averaged": 0.5,
            "the draws are summed": 1.5,
        },
    )
    check_close(
        name,
        for_log_std,
        [1.819592, 0.242612, 0.060653],
        what="gradient for log_std",
        mistakes={
            "the factor eps is missing": [1.213061, -0.606531, 0.303265],
            "it is the gradient for the deviation instead of its logarithm": [3, 0.4, 0.1],
            "it is the gradient for the logarithm of the variance": [
                *[0.909796, 0.121306, 0.030327]
            ],
            "the variance is used as the deviation": [1.103638, 0.147152, 0.036788],
            "log_std is used as the deviation": [-1.5, -0.2, -0.05],
            "eps is squared": [2.729388, -0.097045, 0.012131],
            "it is divided by the deviation": [4.946164, 0.659489, 0.164872],
            "the derivative of z is returned without that of f": [0.909796, -0.242612, 0.121306],
            "the draws are averaged": 0.707619,
            "the draws are summed": 2.122857,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, log_std, case in (
        (9, -1.2, "a narrow q"),
        (9, -1.2, "the same q, other draws"),
        (9, 0.8, "a wide q"),
        (6, -15.0, "a very narrow q"),
        (6, 15.0, "a very wide q"),
        (1, 0.3, "one draw"),
    ):
        eps, std = rng.permutation(np.linspace(-2.1, 1.9, n)), np.exp(log_std)
        df_dz = rng.uniform(1, 3, size=n) * rng.choice([-1, 1], size=n)
        got = call(name, pathwise_gradient, df_dz, eps, log_std, case=case)
        for_mean, for_log_std = check_pair(name, got, case=case)
        for got, right, of in (
            (for_mean, df_dz, "mean"),
            (for_log_std, df_dz * eps * std, "log_std"),
        ):
            what = f"gradient for {of}"
            check_close(name, got, right, rtol=1e-3, atol=0, what=what, case=case)
    # END HIDDEN TESTS


def check_leave_one_out_baseline(leave_one_out_baseline):
    """four samples, two of them equal"""
    name = "leave_one_out_baseline"
    f_z = np.array([1, 4, 4, 9], dtype="float32")
    check_close(
        name,
        call(name, leave_one_out_baseline, f_z),
        [5.666667, 4.666667, 4.666667, 3],
        mistakes={
            "it is the plain mean, with the draw itself in it": [4.5, 4.5, 4.5, 4.5],
            "it is the plain mean, with the draw itself in it, as one number": 4.5,
            "the sum of the others is divided by n": [4.25, 3.5, 3.5, 2.25],
            "the sum of the others is not divided": [17, 14, 14, 9],
            "the sum of all draws is divided by n − 1": [6, 6, 6, 6],
            "the baseline is subtracted from f already": [-4.666667, -0.666667, -0.666667, 6],
            "it is minus that: b − f": [4.666667, 0.666667, 0.666667, -6],
            "only the draws before this one are used": [0, 1, 2.5, 3],
            "it is the median of the others": [4, 4, 4, 4],
            "draws of equal value are left out, too": [5.666667, 5, 5, 3],
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    many = rng.uniform(-2, 7, size=50)
    changed = many + 6 * (np.arange(50) == 7)
    for f_z, case in (
        ([3, -7], "two draws"),
        (many, "more draws"),
        (changed, "as many draws, one value changed, whose own baseline stays as it was"),
        (1000 + rng.uniform(-2, 7, size=7), "a large constant in f"),
        ([2.5, 2.5, 2.5, 2.5], "equal values"),
    ):
        f_z = np.array(f_z, dtype="float32")
        n, exact = len(f_z), f_z.astype(float)
        baselines = np.array([np.delete(exact, i).mean() for i in range(n)])
        mistakes = {
            "it is the plain mean, with the draw itself in it": np.full(n, exact.mean()),
            "the sum of the others is divided by n": baselines * (n - 1) / n,
        }
        got = call(name, leave_one_out_baseline, f_z, case=case)
        check_close(name, got, baselines, rtol=1e-5, atol=1e-5, mistakes=mistakes, case=case)
    # END HIDDEN TESTS


def check_Sampling(Sampling):
    """mean and deviation of 4,000 codes, seeds, a second call, both gradients"""
    name = "Sampling"
    n = 4000
    z_mean = np.tile(np.array([[-2, 0, 3]], dtype="float32"), (n, 1))
    z_log_var = np.tile(np.array([[-1.5, 0.8, 0.4]], dtype="float32"), (n, 1))
    layer = call(name, Sampling, 3)
    check_true(name, isinstance(layer, keras.layers.Layer), "expected a Keras layer.")
    z = call(name, layer, [z_mean, z_log_var])
    check_shape(name, z, (n, 3))
    z = np.asarray(z, dtype=float)
    check_true(name, np.all(np.isfinite(z)), "not every number of the code is finite.")
    deviations = [0.472367, 1.491825, 1.221403]
    eps = (z - z_mean) / deviations
    problem = "z_mean is returned without any draw."
    check_true(name, not np.allclose(eps, 0, atol=1e-3), problem)
    problem = "one eps is used for the whole batch. Every image needs its own: draw in the shape of"
    check_true(name, np.ptp(eps, axis=0).min() > 1e-3, f"{problem} z_mean.")
    problem = "one eps is used for all numbers of a code. Draw in the shape of z_mean."
    check_true(name, np.ptp(eps, axis=1).max() > 1e-3, problem)

    # A right answer leaves each of these bands in fewer than 1 run of a million.
    check_close(
        name,
        z.std(axis=0),
        deviations,
        rtol=0.065,
        what="standard deviation of 4000 codes",
        mistakes={
            "the variance is used as the deviation": [0.22313, 2.225541, 1.491825],
            "the factor ½ is applied twice": [0.687289, 1.221403, 1.105171],
            "z_log_var is used as the deviation": [1.5, 0.8, 0.4],
            "half of z_log_var is used as the deviation": [0.75, 0.4, 0.2],
            "eps is not multiplied by the deviation": [1, 1, 1],
            "eps is divided by the deviation": [2.117, 0.67032, 0.818731],
        },
    )
    check_close(
        name,
        z.mean(axis=0),
        [-2, 0, 3],
        rtol=0,
        atol=[0.039, 0.123, 0.101],
        what="mean of 4000 codes",
        mistakes={"z_mean is not added": [0, 0, 0]},
    )

    again = np.asarray(call(name, layer, [z_mean, z_log_var]), dtype=float)
    problem = "the second call gives the same codes. Draw inside `call`, with"
    problem += " `seed=self.seed_generator` and no fixed number."
    check_true(name, not np.allclose(again, z), problem)
    twin = np.asarray(call(name, call(name, Sampling, 3), [z_mean, z_log_var]), dtype=float)
    problem = "the same seed gives other codes. Give `seed=self.seed_generator` to the draw."
    check_true(name, np.allclose(twin, z), problem)
    other = np.asarray(call(name, call(name, Sampling, 4), [z_mean, z_log_var]), dtype=float)
    problem = "another seed gives the same codes. Give `seed=self.seed_generator` to the draw."
    check_true(name, not np.allclose(other, z), problem)

    inputs = [tf.constant(z_mean), tf.constant(z_log_var)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        drawn = call(name, layer, inputs)
        hint = "Is numpy used, here or in `reparameterize`?"
        problem = f"expected a tensor, so that gradients can pass. {hint}"
        check_true(name, tf.is_tensor(drawn), problem)
        total = tf.reduce_sum(drawn)
    gradients = tape.gradient(total, inputs)
    for gradient, of in zip(gradients, ("z_mean", "z_log_var"), strict=True):
        problem = f"no gradient reaches {of}. Something on the way stops it. {hint}"
        check_true(name, gradient is not None, problem)
    drawn = np.asarray(drawn, dtype=float)
    check_close(name, gradients[0], np.ones((n, 3)), what="gradient for z_mean", rtol=1e-4)
    check_close(
        name,
        gradients[1],
        (drawn - z_mean) / 2,
        what="gradient for z_log_var",
        rtol=1e-3,
        atol=1e-4,
        mistakes={"the gradient for z_log_var is stopped": np.zeros((n, 3))},
    )
    # BEGIN HIDDEN TESTS
    case = "inside a compiled function"
    graph = tf.function(lambda: layer(inputs), autograph=False)
    compiled = call(name, graph.get_concrete_function, case=case)
    first, second = (np.asarray(call(name, compiled, steady=False, case=case)) for _ in range(2))
    problem = (
        "every call gives the same codes, since the draw is made when the function is compiled."
    )
    check_true(name, not np.allclose(first, second), problem, case=case)
    within = np.mean(np.abs((first - z_mean) / deviations) < 1)
    # 0.683 for a normal eps; 12,000 draws leave this band in fewer than 1 run of a million.
    what = "share of eps between −1 and 1"
    check_close(name, within, 0.6827, rtol=0, atol=0.023, what=what, case=case)

    trained = lambda pair: layer(pair, training=True)
    zero, ones = np.zeros((n, 4), dtype="float32"), np.ones(4)
    for draw, log_vars, case in (
        (layer, [-30, -26, -20, -16], "very narrow posteriors"),
        (layer, [16, 20, 26, 30], "very wide posteriors"),
        (trained, [-30, -10, 10, 30], "while it is trained"),
    ):
        pair = [zero, np.array(log_vars, dtype="float32") + zero]
        got = call(name, draw, pair, steady=False, case=case)
        check_shape(name, got, (n, 4), case=case)
        rolls = np.asarray(got, dtype=float) / np.exp(np.divide(log_vars, 2))
        problem = "not every number of the code is finite."
        check_true(name, np.isfinite(rolls).all(), problem, case=case)
        what = "standard deviation of 4000 codes, as a multiple of the right one"
        check_close(name, rolls.std(axis=0), ones, rtol=0.065, what=what, case=case)

    for n, d, case in (
        (1, 1, "one code of one number"),
        (7, 1, "codes of one number"),
        (1, 5, "one image"),
        (2, 50, "a longer code"),
    ):
        pair = [np.zeros((n, d), dtype="float32")] * 2
        got = call(name, layer, pair, steady=False, case=case)
        check_shape(name, got, (n, d), case=case)
        own = np.unique(np.abs(np.asarray(got, dtype=float)))
        problem = "some numbers of the codes are alike, though each needs its own draw."
        check_true(name, len(own) > 0.8 * n * d, problem, case=case)

    case = "the seed 0, and the largest seed"
    streams = []
    for seed in (0, 0, 2**31 - 1, 2**31 - 1):
        own = call(name, Sampling, seed, case=case)
        streams.append([np.asarray(call(name, own, pair, steady=False, case=case)) for _ in "12"])
    same, largest = np.allclose(*streams[:2]), np.allclose(*streams[2:])
    problem = "the same seed gives other codes, at the first call or at a later one."
    check_true(name, same and largest, problem, case=case)
    problem = "different seeds give the same codes."
    check_true(name, not np.allclose(streams[0], streams[2]), problem, case=case)
    # END HIDDEN TESTS


def check_negative_elbo(negative_elbo):
    """two images of 2 × 2 pixels, three of 28 × 28 with zero logits, gradients"""
    name = "negative_elbo"
    x = np.array([[0, 1, 0.3, 0.8], [1, 0, 0.5, 1]], dtype="float32").reshape(2, 2, 2, 1)
    logits = np.array([[-1, 2, 0.5, 1.5], [0.2, -3, 1, 0.4]], dtype="float32").reshape(2, 2, 2, 1)
    z_mean = np.array([[0.5, -1, 0.2], [1.5, 0.3, -0.4]], dtype="float32")
    z_log_var = np.array([[-1, 0.4, -0.3], [0.2, -1.5, 0.6]], dtype="float32")
    got = call(name, negative_elbo, x, logits, z_mean, z_log_var)
    shape = tuple(getattr(got, "shape", ()))
    problem = f"got shape {shape}, expected (2,): one value for each image. `keras.losses` average"
    check_true(name, len(shape) < 3, f"{problem} over the last axis alone: flatten the images.")
    check_close(
        name,
        got,
        [2.660941, 3.706329],
        mistakes={
            "the KL term is subtracted": [0.870419, 0.239677],
            "the sign is wrong: this is the ELBO, not minus the ELBO": [-2.660941, -3.706329],
            "the pixels are averaged instead of summed": [1.336681, 2.226577],
            "the KL term is averaged over the numbers of the code": [2.0641, 2.550778],
            "both terms are averaged instead of summed": [0.73984, 1.071026],
            "the KL term is missing": [1.76568, 1.973003],
            "the reconstruction is missing": [0.895261, 1.733326],
            "the factor ½ of the KL term is missing": [3.556202, 5.439655],
            "the factor ½ of the KL term is applied twice": [2.213311, 2.839666],
            "the logits go through a sigmoid first": [3.473144, 4.10249],
            "the reconstruction is the squared error": [1.086089, 2.152664],
            "exp(z_log_var) is used as the deviation": [3.265524, 4.853868],
            "z_log_var is used as the variance": [3.655943, 4.762802],
            "the sign of z_log_var in the KL term is wrong": [1.760941, 3.006329],
            "z_mean is missing in the KL term": [2.015941, 2.456329],
            "q and the prior are swapped in the KL term": [2.886853, 4.214272],
            "1 is handed over as the prior's log-variance": [2.931302, 3.383719],
            "images and logits are swapped": [1.577126, 4.927073],
            "exp(z_log_var) is handed over as a log-variance": [3.604178, 5.503115],
            "the images are averaged, too": 3.183635,
            "the images are summed, too": 6.36727,
        },
    )
    x = np.random.default_rng(1).random((3, 28, 28, 1)).astype("float32")
    zeros = np.zeros((3, 2), dtype="float32")
    check_close(
        name,
        call(name, negative_elbo, x, 0 * x, zeros, zeros),
        [543.427390, 543.427390, 543.427390],
        rtol=1e-6,
        what="with logits, means and log-variances of 0",
        mistakes={
            "the pixels are averaged instead of summed": [0.693147, 0.693147, 0.693147],
            "the sign is wrong: this is the ELBO, not minus the ELBO": [
                *[-543.427390, -543.427390, -543.427390]
            ],
            "the images are averaged, too": 543.427390,
            "the images are summed, too": 1630.282169,
        },
    )

    hint = "Is numpy or `stop_gradient` used? Write it with `ops`, which the tape can follow."
    x = tf.random.stateless_uniform((3, 28, 28, 1), seed=(1, 2))
    inputs = [x - 0.5, tf.ones((3, 2)), tf.ones((3, 2))]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        try:
            loss = negative_elbo(x, *inputs)
        except Exception as error:
            problem = f"with tensors it raised {type(error).__name__}. {hint}"
            check_true(name, False, problem)
        check_true(name, tf.is_tensor(loss), f"expected a tensor, to train through it. {hint}")
    for gradient, of in zip(
        tape.gradient(loss, inputs), ("logits", "z_mean", "z_log_var"), strict=True
    ):
        check_true(name, gradient is not None, f"no gradient reaches {of}. {hint}")
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, shape, d, low, high, case in (
        (4, (28, 28, 1), 10, -1, 1, "images with a channel"),
        (5, (3, 8), 2, -1, 1, "images without a channel"),
        (4, (6,), 1, -1, 1, "flat images, a code of one number"),
        (1, (4, 3, 2), 3, -1, 1, "one image"),
        (3, (5,), 9, -30, -14, "very narrow posteriors"),
        (3, (5,), 9, 14, 30, "very wide posteriors"),
    ):
        x = rng.random((n, *shape)).astype("float32")
        logits = rng.normal(scale=3, size=x.shape).astype("float32")
        z_mean = rng.normal(size=(n, d)).astype("float32")
        z_log_var = rng.uniform(low, high, size=(n, d)).astype("float32")
        axes = tuple(range(1, x.ndim))
        each = np.logaddexp(0, logits.astype(float)) - x * logits
        nll, variance = each.sum(axes), np.exp(z_log_var.astype(float))
        kl = 0.5 * (variance + z_mean**2 - z_log_var - 1)
        got = call(name, negative_elbo, x, logits, z_mean, z_log_var, case=case)
        expected = nll + kl.sum(-1)
        check_close(name, got, expected, rtol=1e-4, case=case)

    case = "logits of ±1000"
    x = np.array([[1, 0, 1], [0, 0, 1], [0.25, 0, 1]], dtype="float32")
    logits = np.array([[1000, -1000, -1000], [1000, -1000, 1000], [-1000, 50, -50]], "float32")
    zeros = np.zeros((3, 5), dtype="float32")
    got = call(name, negative_elbo, x, logits, zeros, zeros, case=case)
    check_close(name, got, [1000, 1000, 350], rtol=1e-5, case=case)

    case = "gradients"
    x, logits, z_mean, z_log_var = (
        tf.constant(rng.uniform(0.1, 0.9, size=shape), dtype="float32")
        for shape in ((3, 4, 4, 1), (3, 4, 4, 1), (3, 6), (3, 6))
    )
    with tf.GradientTape() as tape:
        tape.watch((logits, z_mean, z_log_var))
        total = tf.reduce_sum(call(name, negative_elbo, x, logits, z_mean, z_log_var, case=case))
    for gradient, right, of in zip(
        tape.gradient(total, (logits, z_mean, z_log_var)),
        (tf.sigmoid(logits) - x, z_mean, (tf.exp(z_log_var) - 1) / 2),
        ("logits", "z_mean", "z_log_var"),
        strict=True,
    ):
        problem = f"no gradient reaches {of}. {hint}"
        check_true(name, gradient is not None, problem, case=case)
        what = f"gradient for {of}"
        check_close(name, gradient, right, rtol=1e-3, atol=1e-4, what=what, case=case)
    # END HIDDEN TESTS


def check_build_vae_mlp(build_vae_mlp):
    """latent_dim 2: shapes of all weights, and both outputs and logits under known weights"""
    name = "build_vae_mlp"
    softplus = lambda h: np.logaddexp(0, h)
    hidden_activations = {
        "tanh": np.tanh,
        "sigmoid": sigmoid,
        "softplus": softplus,
        "SiLU": lambda h: h * sigmoid(h),
        "GELU": lambda h: h / 2 * (1 + np.tanh(0.797885 * (h + 0.044715 * h**3))),
        "ELU": lambda h: np.where(h > 0, h, np.expm1(np.minimum(h, 0))),
        "a leaky ReLU": lambda h: np.where(h > 0, h, 0.2 * h),
        "LeakyReLU": lambda h: np.where(h > 0, h, 0.3 * h),
    }

    def check_case(latent_dim, case=None):
        encoder, decoder = check_pair(name, call(name, build_vae_mlp, latent_dim, case=case))
        trunk, head = [(784, 512), (512,)], [(512, latent_dim), (latent_dim,)]
        fused = [(512, 2 * latent_dim), (2 * latent_dim,)]
        check_weights(
            name,
            encoder,
            [*trunk, *head, *head],
            mistakes={
                "one head gives both outputs": [*trunk, *head],
                "one layer of 2 · latent_dim units stands for the two heads": [*trunk, *fused],
                "z_log_var is computed from z_mean instead of the 512 units": [
                    *(*trunk, *head, (latent_dim, latent_dim), (latent_dim,))
                ],
                "the hidden layer of 512 units is missing": [
                    *((784, latent_dim), (latent_dim,)),
                    *((784, latent_dim), (latent_dim,)),
                ],
                "each head has a hidden layer of its own": [*trunk, *trunk, *head, *head],
                "encoder and decoder are in the wrong order": [
                    *((latent_dim, 512), (512,), (512, 784), (784,))
                ],
                "the latent size is fixed instead of latent_dim": [
                    *(*trunk, (512, 2), (2,), (512, 2), (2,))
                ],
            },
            case=case,
        )
        check_weights(
            name,
            decoder,
            [(latent_dim, 512), (512,), (512, 784), (784,)],
            mistakes={
                "the decoder's hidden layer of 512 units is missing": [(latent_dim, 784), (784,)],
                "the decoder expects mean and log-variance instead of a code": [
                    *((2 * latent_dim, 512), (512,), (512, 784), (784,))
                ],
            },
            case=case,
        )
        flat = getattr(encoder, "input_shape", None) == (None, 784)
        problem = "the encoder wants flat images. Begin it with `keras.Input((28, 28, 1))`."
        check_true(name, not flat, problem, case=case)
        swapped = getattr(encoder, "output_names", None) == ["z_log_var", "z_mean"]
        problem = "the encoder gives z_log_var first. z_mean comes first."
        check_true(name, not swapped, problem, case=case)
        check_encoder(encoder, latent_dim, case)
        check_decoder(decoder, latent_dim, case)

    def large_weights(first, shapes):
        """Weights under which hidden units and outputs lie far from 0, on both sides."""
        scales = {0: first, 2: 9, 4: 9}
        weights = random_weights(shapes, seed=shapes[-1][0])
        return [scales.get(i, 1) * weight for i, weight in enumerate(weights)]

    def both_ways(model, batch, case):
        """What a model gives for a batch in training, and for the first of it alone, without."""
        yield "", slice(None), call(name, lambda x: model(x, training=True), batch, case=case)
        alone = call(name, lambda x: model(x, training=False), batch[:1], case=case)
        yield " of a batch of one", slice(1), alone

    def check_encoder(encoder, latent_dim, case):
        head = [(512, latent_dim), (latent_dim,)]
        weights = large_weights(9, [(784, 512), (512,), *head, *head])
        encoder.set_weights(weights)
        x = (np.random.default_rng(1).random((5, 28, 28, 1)) < 0.2).astype("float32")

        def heads(hidden, last):
            return [
                dense_forward(x, [*weights[:2], *weights[i : i + 2]], hidden=hidden, last=last)
                for i in (2, 4)
            ]

        expected = heads(relu, identity)
        variants = {
            "a ReLU stands on a head": heads(relu, relu),
            "a tanh stands on a head": heads(relu, np.tanh),
            "a softplus stands on a head": heads(relu, softplus),
            "exp is applied to a head": heads(relu, np.exp),
            "the hidden layer has no activation": heads(identity, identity),
        }
        for text, hidden in hidden_activations.items():
            variants[f"{text} stands where a ReLU is meant"] = heads(hidden, identity)
        near = {"rtol": 3e-3, "atol": 5e-3 * np.std(expected)}  # a GPU may round to 10 bits
        close = lambda a, b: a.shape == b.shape and np.allclose(a, b, **near)
        for of, rows, got in both_ways(encoder, x, case):
            got = check_pair(name, got, what="the encoder's output", case=case)
            got = [np.asarray(g, dtype=float) for g in got]
            same = got[0].shape == got[1].shape and np.ptp(got[0] - got[1]) < 1e-6
            problem = "both outputs are the same tensor. z_log_var needs its own head."
            check_true(name, not same or of, problem, case=case)
            # The layers may be made in either order: only what is returned first is z_mean.
            if not of and any(close(got[0], value[1]) for value in (expected, *variants.values())):
                expected.reverse()
                for value in variants.values():
                    value.reverse()
            for i, what in enumerate(("z_mean", "z_log_var")):
                check_close(
                    name,
                    got[i],
                    expected[i][rows],
                    **near,
                    what=what + of,
                    mistakes={text: value[i][rows] for text, value in variants.items()},
                    case=case,
                )

    def check_decoder(decoder, latent_dim, case):
        weights = large_weights(4, [(latent_dim, 512), (512,), (512, 784), (784,)])
        decoder.set_weights(weights)
        z = np.random.default_rng(2).normal(size=(5, latent_dim)).astype("float32")

        def images(hidden, last):
            return dense_forward(z, weights, hidden=hidden, last=last).reshape(5, 28, 28, 1)

        right = images(relu, identity)
        variants = {
            "a sigmoid stands on the logits": images(relu, sigmoid),
            "a ReLU stands on the logits": images(relu, relu),
            "the decoder's hidden layer has no activation": images(identity, identity),
        }
        for text, hidden in hidden_activations.items():
            variants[f"{text} stands where a ReLU is meant"] = images(hidden, identity)
        for of, rows, got in both_ways(decoder, z, case):
            check_shape(name, got, right[rows].shape, what="logits" + of, case=case)
            check_close(
                name,
                got,
                right[rows],
                rtol=3e-3,
                atol=5e-3 * np.std(right),
                what="logits" + of,
                mistakes={text: value[rows] for text, value in variants.items()},
                case=case,
            )

    check_case(2)
    # BEGIN HIDDEN TESTS
    check_case(1, "a code of one number")
    check_case(10, "a longer code")

    case = "built twice, without an argument"
    models, others = (check_pair(name, call(name, build_vae_mlp, case=case)) for _ in range(2))
    check_weights(name, models[1], [(2, 512), (512,), (512, 784), (784,)], case=case)
    for model, other in zip(models, others, strict=True):
        before = [np.array(weight) for weight in other.get_weights()]
        model.set_weights([weight + 1 for weight in before])
        apart = all(map(np.array_equal, before, other.get_weights()))
        problem = "both calls give the same layers. Make new ones in the function."
        check_true(name, apart, problem, case=case)
    # END HIDDEN TESTS
