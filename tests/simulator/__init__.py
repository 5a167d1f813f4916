"""A stateful VPCEP and IAM cloud on loopback, for tests, demos and experiments. See README.md."""

from .handle import Simulator, SimulatorProcess

__all__ = ["Simulator", "SimulatorProcess"]
