"""The pages that lenders, officials, institutions and the public see."""
