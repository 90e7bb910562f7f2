"""The update rules, each as a class with its parameters. The defaults are the library's: a test holds them together.

`like`, `flags` and `dtype` are those of `Optimizer`; `learning_rate` is at least 0, and may change at every step.
"""

from __future__ import annotations

from typing import Optional

import numpy.typing as npt

from slipstream._optimizer import Optimizer
from slipstream._points import Flags, Point


class SGD(Optimizer):
    """Stochastic gradient descent: v <- momentum v + g, w <- w - learning_rate v, as PyTorch has it.

    Args:
        momentum: in [0, 1).
        nesterov: step along g + momentum v.
        weight_decay: added to the gradient, times w; at least 0.
        decay_weights_only: decay what is REGULARIZED alone.
    """

    def __init__(
        self, like: Point | int, learning_rate: Optional[float] = None, *, momentum: float = 0.0,
        nesterov: bool = False, weight_decay: float = 0.0, decay_weights_only: bool = False, threads: int = 0,
        flags: Optional[Flags] = None, dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "sgd", like, flags=flags, dtype=dtype, learning_rate=learning_rate, momentum=momentum,
            nesterov=nesterov, weight_decay=weight_decay, decay_weights_only=decay_weights_only, threads=threads)


class Adam(Optimizer):
    """Adam with bias correction.

    Args:
        beta1, beta2: how much of the old means of g and g^2 stays a step, in [0, 1).
        epsilon: added to the root of the second; above 0.
        weight_decay, decay_weights_only: as for `SGD`.

    D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR 2015.
    """

    def __init__(
        self, like: Point | int, learning_rate: Optional[float] = None, *, beta1: float = 0.9, beta2: float = 0.999,
        epsilon: float = 1e-8, weight_decay: float = 0.0, decay_weights_only: bool = False, threads: int = 0,
        flags: Optional[Flags] = None, dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "adam", like, flags=flags, dtype=dtype, learning_rate=learning_rate, beta1=beta1, beta2=beta2,
            epsilon=epsilon, weight_decay=weight_decay, decay_weights_only=decay_weights_only, threads=threads)


class AdamW(Optimizer):
    """Adam with weight decay that acts on the weights themselves.

    Args:
        beta1, beta2, epsilon: as for `Adam`.
        weight_decay: w <- (1 - learning_rate weight_decay) w; at least 0.
        decay_weights_only: decay what is REGULARIZED alone.

    I. Loshchilov, F. Hutter, Decoupled weight decay regularization, ICLR 2019.
    """

    def __init__(
        self, like: Point | int, learning_rate: Optional[float] = None, *, beta1: float = 0.9, beta2: float = 0.999,
        epsilon: float = 1e-8, weight_decay: float = 0.01, decay_weights_only: bool = False, threads: int = 0,
        flags: Optional[Flags] = None, dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "adamw", like, flags=flags, dtype=dtype, learning_rate=learning_rate, beta1=beta1, beta2=beta2,
            epsilon=epsilon, weight_decay=weight_decay, decay_weights_only=decay_weights_only, threads=threads)


class AdaGrad(Optimizer):
    """AdaGrad: steps divided by the root of the sum of all squared gradients.

    Args:
        initial_sum: what that sum starts from; at least 0.
        rate_decay: the learning rate falls as 1 / (1 + rate_decay t); at least 0.
        epsilon: added to the root; above 0.
        weight_decay, decay_weights_only: as for `SGD`.

    J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods, JMLR 12, 2011.
    """

    def __init__(
        self, like: Point | int, learning_rate: Optional[float] = None, *, initial_sum: float = 0.0,
        rate_decay: float = 0.0, epsilon: float = 1e-10, weight_decay: float = 0.0,
        decay_weights_only: bool = False, threads: int = 0, flags: Optional[Flags] = None,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "adagrad", like, flags=flags, dtype=dtype, learning_rate=learning_rate, initial_sum=initial_sum,
            rate_decay=rate_decay, epsilon=epsilon, weight_decay=weight_decay,
            decay_weights_only=decay_weights_only, threads=threads)


class Adadelta(Optimizer):
    """Adadelta: steps in the unit of the weights.

    Args:
        rho: how much of the old means stays a step, in [0, 1).
        epsilon: added to the means; above 0.
        weight_decay, decay_weights_only: as for `SGD`.

    M. D. Zeiler, ADADELTA: an adaptive learning rate method, arXiv:1212.5701.
    """

    def __init__(
        self, like: Point | int, learning_rate: Optional[float] = None, *, rho: float = 0.9, epsilon: float = 1e-6,
        weight_decay: float = 0.0, decay_weights_only: bool = False, threads: int = 0,
        flags: Optional[Flags] = None, dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "adadelta", like, flags=flags, dtype=dtype, learning_rate=learning_rate, rho=rho, epsilon=epsilon,
            weight_decay=weight_decay, decay_weights_only=decay_weights_only, threads=threads)


class RMSProp(Optimizer):
    """RMSProp: steps divided by the root of the mean squared gradient.

    Args:
        smoothing: how much of the old mean stays a step, in [0, 1).
        epsilon: added to the root; above 0.
        momentum: in [0, 1).
        centred: the variance in place of the mean square.
        weight_decay, decay_weights_only: as for `SGD`.

    T. Tieleman, G. Hinton, lecture 6.5 of Neural networks for machine learning, 2012.
    """

    def __init__(
        self, like: Point | int, learning_rate: Optional[float] = None, *, smoothing: float = 0.99,
        epsilon: float = 1e-8, momentum: float = 0.0, centred: bool = False, weight_decay: float = 0.0,
        decay_weights_only: bool = False, threads: int = 0, flags: Optional[Flags] = None,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "rmsprop", like, flags=flags, dtype=dtype, learning_rate=learning_rate, smoothing=smoothing,
            epsilon=epsilon, momentum=momentum, centred=centred, weight_decay=weight_decay,
            decay_weights_only=decay_weights_only, threads=threads)


class AdaptiveNesterov(Optimizer):
    """Nesterov's method with Polyak's step size: it finds its step length from the loss, and needs `displace` before a step.

    Steps are clip(confidence (loss - least_loss) / clip(|g|^2, square_...), step_...) long.

    Args:
        momentum: in [0, 1).
        confidence: what the step size is multiplied by; above 0.
        least_loss: the least loss that there can be.
        square_minimum, square_maximum: bounds of the gradient's squared norm.
        step_minimum, step_maximum: bounds of the step size.

    Minibatch persistency and adaptive Nesterov, thesis, 2018; B. T. Polyak, Introduction to optimization, 1987.
    """

    def __init__(
        self, like: Point | int, *, momentum: float = 0.9, confidence: float = 1.0, least_loss: float = 0.0,
        square_minimum: float = 1e-4, square_maximum: float = 1e10, step_minimum: float = 0.001,
        step_maximum: float = 0.1, threads: int = 0, flags: Optional[Flags] = None,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "adaptive-nesterov", like, flags=flags, dtype=dtype, momentum=momentum, confidence=confidence,
            least_loss=least_loss, square_minimum=square_minimum, square_maximum=square_maximum,
            step_minimum=step_minimum, step_maximum=step_maximum, threads=threads)


class Neumann(Optimizer):
    """The Neumann optimizer: a step of the Neumann series for the inverse Hessian with every gradient.

    Its weights are displaced: evaluate and save what `iterate` gives. Durations are in epochs of `steps_per_epoch` steps.

    Args:
        warmup_epochs: plain gradient descent for so long.
        reset_epochs: after so long the momentum is reset, and the time doubled.
        cubic, repulsion: alpha and, for each weight, beta: of the regularisers.
        regulariser_limit: their bound relative to the gradient; 0 for none, as published.
        averaging: gamma of the weights' average that the regularisers refer to.
        momentum_minimum, momentum_maximum: the momentum rises from the one to the other.
        steps_per_epoch: how many steps make an epoch, for parameters in epochs.

    S. Krishnan, Y. Xiao, R. A. Saurous, Neumann optimizer, ICLR 2018.
    """

    def __init__(
        self, like: Point | int, learning_rate: Optional[float] = None, *, warmup_epochs: float = 5.0,
        reset_epochs: float = 10.0, cubic: float = 1e-7, repulsion: float = 1e-5, regulariser_limit: float = 1.0,
        averaging: float = 0.99, momentum_minimum: float = 0.5, momentum_maximum: float = 0.9,
        steps_per_epoch: int = 1, threads: int = 0, flags: Optional[Flags] = None,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "neumann", like, flags=flags, dtype=dtype, learning_rate=learning_rate, warmup_epochs=warmup_epochs,
            reset_epochs=reset_epochs, cubic=cubic, repulsion=repulsion, regulariser_limit=regulariser_limit,
            averaging=averaging, momentum_minimum=momentum_minimum, momentum_maximum=momentum_maximum,
            steps_per_epoch=steps_per_epoch, threads=threads)


class SDA(Optimizer):
    """Simple dual averaging: w = centre - sqrt(t) / gamma times the mean gradient.

    Args:
        gamma: above 0; steps are 1 / (gamma sqrt t) long.
        scale_centre: the centre of what is SCALE; that of all else is 0.
        anchor_steps: goes on from the weights that it is given, as if it had taken so many steps; 0 for the papers'
            start.

    Y. Nesterov, Primal-dual subgradient methods for convex problems, Mathematical Programming 120, 2009.
    """

    def __init__(
        self, like: Point | int, *, gamma: float = 1.0, scale_centre: float = 1.0, anchor_steps: float = 0.0,
        threads: int = 0, flags: Optional[Flags] = None, dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "sda", like, flags=flags, dtype=dtype, gamma=gamma, scale_centre=scale_centre,
            anchor_steps=anchor_steps, threads=threads)


class RDA(Optimizer):
    """Regularized dual averaging: REGULARIZED weights whose mean gradient is below lambda are exactly zero.

    Args:
        lambd: lambda of the l1 regulariser; at least 0.
        gamma: above 0; steps are 1 / (gamma sqrt t) long.
        threshold, threshold_epochs: in place of lambda: the weight below which there is zero after so many epochs.
        scale_centre, anchor_steps: as for `SDA`.
        steps_per_epoch: how many steps make an epoch, for parameters in epochs.

    L. Xiao, Dual averaging methods, JMLR 11, 2010; X. Jia, L. Zhao, L. Zhang, J. He, J. Xu, Make l1 regularization
    effective in training sparse CNN, 2018 (with `freeze_zeros`).
    """

    def __init__(
        self, like: Point | int, *, lambd: float = 0.0, gamma: float = 1.0, threshold: float = 0.0,
        threshold_epochs: float = 0.0, scale_centre: float = 1.0, anchor_steps: float = 0.0,
        steps_per_epoch: int = 1, threads: int = 0, flags: Optional[Flags] = None,
        dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "rda", like, flags=flags, dtype=dtype, lambd=lambd, gamma=gamma, threshold=threshold,
            threshold_epochs=threshold_epochs, scale_centre=scale_centre, anchor_steps=anchor_steps,
            steps_per_epoch=steps_per_epoch, threads=threads)


class ProxSGD(Optimizer):
    """Proximal stochastic gradient descent: steps of learning_rate / sqrt t.

    What is REGULARIZED then passes a soft threshold of lambda times that, which fades.

    Args:
        lambd: lambda of the l1 regulariser; at least 0.

    J. Duchi, Y. Singer, Efficient online and batch learning using forward backward splitting, JMLR 10, 2009; the baseline
    of X. Jia et al., 2018.
    """

    def __init__(
        self, like: Point | int, learning_rate: Optional[float] = None, *, lambd: float = 0.0, threads: int = 0,
        flags: Optional[Flags] = None, dtype: npt.DTypeLike | None = None,
    ) -> None:
        super().__init__(
            "prox-sgd", like, flags=flags, dtype=dtype, learning_rate=learning_rate, lambd=lambd, threads=threads)
